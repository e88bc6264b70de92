"""The registry keeps the same promises in SQLite and in PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1.ingest_pb import ListRequest, Priority, State
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.queue import Queue
from allmanning.ingest.registry.registry import Published, Registry
from allmanning.ingest.registry.row import Reading, Upload
from allmanning.ingest.registry.turns import Turns
from allmanning.runtime.errors import NotFound, Unavailable

UPLOAD = Upload("a.txt", "ab" * 32, 7)


def version(number: int, document: str = "d1", authority: str = "uddby") -> DocumentVersion:
    return DocumentVersion(
        id=document,
        version=f"{number:064x}",
        authority=authority,
        collection="regler",
        uri=f"{document}.txt",
        title="",
        secrecy=Secrecy.OPEN,
    )


@pytest.fixture(params=["sqlite", "postgres"])
async def registry(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Registry]:
    url = (
        f"sqlite+aiosqlite:///{tmp_path}/deep/registry.sqlite3"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres")
    )
    opened = Registry(Database(url))
    await opened.warm_up()
    yield opened
    for authority in ("uddby", "granne"):
        for document in (await opened.page(ListRequest(authority=authority), 100))[0]:
            assert document.version
            await opened.retire(authority, document.version.id)
    await opened.close()


# The tables of the release before this one.
EARLIER = (
    """CREATE TABLE documents (
        id VARCHAR(36) PRIMARY KEY, authority VARCHAR(63) NOT NULL, collection VARCHAR(100) NOT NULL,
        uri TEXT NOT NULL, newest VARCHAR(64) NOT NULL, published VARCHAR(64))""",
    "CREATE INDEX documents_by_authority ON documents (authority, collection, id)",
    """CREATE TABLE versions (
        document_id VARCHAR(36) NOT NULL, version VARCHAR(64) NOT NULL, filename TEXT NOT NULL,
        media_type VARCHAR(100) NOT NULL, object VARCHAR(64) NOT NULL, size_bytes BIGINT NOT NULL,
        title TEXT NOT NULL, document_type TEXT NOT NULL, secrecy INTEGER NOT NULL,
        default_secrecy INTEGER NOT NULL, secrecy_provision TEXT NOT NULL, owner_unit TEXT NOT NULL,
        shared BOOLEAN NOT NULL, valid_from VARCHAR(10) NOT NULL, valid_to VARCHAR(10) NOT NULL,
        state INTEGER NOT NULL, attempt INTEGER NOT NULL, passages INTEGER NOT NULL, code VARCHAR(100) NOT NULL,
        reason TEXT NOT NULL, updated_at VARCHAR(30) NOT NULL, PRIMARY KEY (document_id, version))""",
    "CREATE INDEX versions_by_state ON versions (state)",
    "INSERT INTO documents VALUES ('gammal', 'uddby', 'regler', 'taxa.pdf', 'v2', 'v1')",
    *(
        f"""INSERT INTO versions VALUES ('gammal', '{name}', 'taxa.pdf', 'application/pdf', '{"ab" * 32}', 7, 'Taxa',
        'taxa', 1, 3, '', 'nämnden', true, '2025-01-01', '', {state}, 1, {passages}, '', '',
        '2026-01-01T00:00:00.000Z')"""
        for name, state, passages in (("v1", 2, 12), ("v2", 1, 0))
    ),
)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_a_database_of_an_earlier_release_opens_and_keeps_its_rows(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/registry.sqlite3"
    if kind == "postgres":
        url = await _database(request.getfixturevalue("postgres"), "earlier")
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement in EARLIER:
            await connection.execute(text(statement))
    await engine.dispose()
    for _ in range(2):
        database = Database(url)
        registry, queue = Registry(database), Queue(database)
        await registry.warm_up()
        found = await registry.get("uddby", "gammal", "v1")
        assert found.version
        assert (found.version.title, found.version.owner_unit, found.version.shared) == ("Taxa", "nämnden", True)
        assert (found.state, found.passages, found.published) == (State.INDEXED, 12, "v1")
        assert (found.version.review_on, found.version.language, found.version.container) == ("", "", "")
        assert (found.findings, found.priority, found.batch, found.pages) == ([], Priority.UNSPECIFIED, "", 0)
        await queue.restore()
        [waiting] = await queue.take("w", 9, Turns())
        assert waiting.version == "v2"
        await queue.put_back("w", waiting, after_s=0, counted=False)
        assert await registry.published() == {"gammal": Published("uddby", "v1", 12)}
        await registry.close()
    registry = Registry(Database(url))
    await registry.warm_up()
    described = await registry.job("gammal", "v2")
    assert described
    described.version.review_on = "2026-03-01"
    assert await registry.index(described.version, Reading(passages=3, pages=2))
    found = await registry.get("uddby", "gammal")
    assert found.version
    assert (found.version.review_on, found.pages, found.published) == ("2026-03-01", 2, "v2")
    await registry.close()


async def _database(url: str, name: str) -> str:
    """An empty database beside the one at `url`."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await engine.dispose()
    return make_url(url).set(database=name).render_as_string(hide_password=False)


async def test_a_version_is_received_indexed_and_replaced(registry: Registry) -> None:
    job, new = await registry.receive(version(1, "r1"), UPLOAD)
    assert (new, job.state, job.newest, job.published) == (True, State.RECEIVED, True, False)
    described = version(1, "r1")
    described.title, described.secrecy = "Titel", Secrecy.INTERNAL
    assert await registry.index(described, Reading(3))
    assert not await registry.index(described, Reading(3))
    found = await registry.get("uddby", "r1")
    assert found.version
    assert (found.state, found.passages, found.version.title) == (State.INDEXED, 3, "Titel")
    await registry.receive(version(2, "r1"), UPLOAD)
    assert (await registry.published())["r1"] == Published("uddby", version(1).version, 3)
    assert await registry.index(version(2, "r1"), Reading(4))
    assert (await registry.published())["r1"] == Published("uddby", version(2).version, 4)
    assert (await registry.get("uddby", "r1", version(1).version)).state is State.RETIRED


async def test_rejected_is_received_again_with_a_new_attempt(registry: Registry) -> None:
    first, _ = await registry.receive(version(1, "r2"), UPLOAD)
    assert await registry.set_aside("r2", version(1).version, State.REJECTED, "document.no_text", "tomt")
    again, new = await registry.receive(version(1, "r2"), UPLOAD)
    assert (first.attempt, again.attempt, new, again.code) == (1, 2, True, "")


async def test_overtaken_version_can_be_neither_indexed_nor_rejected(registry: Registry) -> None:
    await registry.receive(version(1, "r3"), UPLOAD)
    await registry.receive(version(2, "r3"), UPLOAD)
    assert not await registry.index(version(1, "r3"), Reading(1))
    assert not await registry.set_aside("r3", version(1).version, State.REJECTED, "a.b", "c")


async def test_retired_is_gone_from_what_searches_see(registry: Registry) -> None:
    await registry.receive(version(1, "r4"), UPLOAD)
    await registry.index(version(1, "r4"), Reading(1))
    await registry.receive(version(2, "r4"), UPLOAD)
    _, document = await registry.retire("uddby", "r4")
    assert document.state is State.RETIRED
    assert "r4" not in await registry.published()
    assert not await registry.index(version(2, "r4"), Reading(1))
    with pytest.raises(NotFound):
        await registry.retire("granne", "r4")


async def test_same_version_submitted_at_once_is_new_for_one(registry: Registry) -> None:
    answers = await asyncio.gather(*(registry.receive(version(1, "r5"), UPLOAD) for _ in range(8)))
    assert sorted(new for _, new in answers) == [False] * 7 + [True]


async def test_a_list_is_narrowed_by_a_part_of_title_or_uri_in_any_case(registry: Registry) -> None:
    for number, (document, title) in enumerate((("t1", "Översiktsplan 2030"), ("t2", "Årsredovisning 100 %"))):
        received = version(number, document)
        received.title = title
        await registry.receive(received, UPLOAD)

    async def found(text: str) -> list[str]:
        listed, _ = await registry.page(ListRequest(authority="uddby", text=text), 10)
        return [each.version.id for each in listed if each.version and each.version.id in {"t1", "t2"}]

    assert [await found(text) for text in ("översikt", "ÖVERSIKT", "T2.txt", "100 %", "1_0", "")] == [
        ["t1"],
        ["t1"],
        ["t2"],
        ["t2"],
        [],
        ["t1", "t2"],
    ]


async def test_authorities_do_not_see_each_other(registry: Registry) -> None:
    await registry.receive(version(1, "r6", "granne"), UPLOAD)
    documents, total = await registry.page(ListRequest(authority="granne", collection="regler"), 10)
    assert (len(documents), total) == (1, 1)
    assert (await registry.page(ListRequest(authority="granne", collection="annat"), 10))[1] == 0
    with pytest.raises(NotFound):
        await registry.get("uddby", "r6")


async def test_database_that_does_not_answer_is_unavailable() -> None:
    lost = Registry(Database("postgresql+asyncpg://nobody@127.0.0.1:1/none"))
    with pytest.raises(Unavailable):
        await lost.warm_up()
    await lost.close()
