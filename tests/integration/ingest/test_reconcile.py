"""What a crash or an outage left behind is mended, without anybody asking."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete

from allmanning.contracts.ingest.v1.ingest_pb import State
from allmanning.index.store.about import About
from allmanning.index.store.reindexing import ReindexingStore
from allmanning.index.store.root import IndexRoot
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.registry import Published, Registry
from allmanning.ingest.registry.row import Job
from allmanning.ingest.registry.schema import work
from allmanning.runtime.bus import Bus
from allmanning.runtime.objects import Objects
from tests.integration.ingest.running import AUTHORITY, Ingest, LetterEmbedder

WINTER = "Gatorna plogas när det ligger fem centimeter snö.".encode()


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await holds():
            await asyncio.sleep(0.05)


async def test_event_that_is_lost_delays_a_document_and_no_more(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(bus: Bus, job: Job) -> None:
        pass

    monkeypatch.setattr("allmanning.ingest.handlers.tell_received", lost)
    assert (await ingest.ingest("a.txt", WINTER)).state is State.INDEXED


async def test_document_that_an_older_release_left_in_no_queue_is_queued_at_start(stopped: Ingest) -> None:
    async with stopped.running():
        await stopped.pause(paused=True)
        submitted = await stopped.submit("a.txt", WINTER)
    database = Database(stopped.settings.database_url)
    await database.warm_up()
    async with database.transaction() as connection:
        await connection.execute(delete(work))
    await database.close()
    async with stopped.running():
        await stopped.pause(paused=False)
        assert (await stopped.done(submitted)).state is State.INDEXED


async def test_passages_lost_from_the_index_are_rebuilt(ingest: Ingest) -> None:
    done = await ingest.ingest("a.txt", WINTER)
    assert done.version
    await ingest.store.retire(AUTHORITY, done.version.id)
    assert await ingest.found("plogas") == []

    async def back() -> bool:
        return len(await ingest.found("plogas")) == 1

    await eventually(back)
    assert (await ingest.get(done.version.id)).state is State.INDEXED


async def test_passages_the_registry_retired_leave_the_index(ingest: Ingest) -> None:
    done = await ingest.ingest("a.txt", WINTER)
    assert done.version
    # As after a crash between the registry and the index.
    registry = Registry(Database(ingest.settings.database_url))
    await registry.warm_up()
    await registry.retire(AUTHORITY, done.version.id)
    await registry.close()

    async def gone() -> bool:
        return await ingest.found("plogas") == []

    await eventually(gone)


async def test_document_published_while_the_registry_is_compared_is_not_removed(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ingest.ingest("a.txt", WINTER)

    async def not_noted_yet(_: Registry) -> dict[str, Published]:
        return {}

    removals = 0

    async def retire(*_: str) -> None:
        nonlocal removals
        removals += 1

    monkeypatch.setattr(Registry, "published", not_noted_yet)
    monkeypatch.setattr(ingest.store, "retire", retire)
    # Three comparisons.
    await asyncio.sleep(1)
    assert removals == 0


async def test_outage_of_the_embedder_rejects_nothing(ingest: Ingest) -> None:
    ingest.embedder.broken = True
    submitted = await ingest.submit("a.txt", WINTER)
    await asyncio.sleep(1)
    assert submitted.document
    assert submitted.document.version
    assert (await ingest.get(submitted.document.version.id)).state is State.RECEIVED
    ingest.embedder.broken = False
    assert (await ingest.done(submitted)).state is State.INDEXED


async def test_overtaken_version_never_replaces_the_newer(ingest: Ingest) -> None:
    ingest.embedder.broken = True
    old = await ingest.submit("a.txt", WINTER)
    await asyncio.sleep(0.3)
    ingest.embedder.broken = False
    new = await ingest.ingest("a.txt", b"Something newer.")
    assert (await ingest.done(old)).state is State.RETIRED
    assert new.state is State.INDEXED
    await asyncio.sleep(1.5)
    assert await ingest.found("newer plogas") == ["Something newer."]


@asynccontextmanager
async def release(ingest: Ingest, folder: Path, index_version: str) -> AsyncIterator[Ingest]:
    """The service on the embedded index of a release."""
    root = IndexRoot(folder)
    root.open()
    embedder = LetterEmbedder()
    store = ReindexingStore(root, About(index_version, embedder.model, embedder.dimension), embedder)
    await store.warm_up()
    ingest.store = store
    try:
        async with ingest.running():
            yield ingest
    finally:
        await store.close()
        root.close()


def versions(folder: Path) -> set[str]:
    return {each.name.partition("-")[0] for each in folder.iterdir() if each.is_dir()}


async def test_index_of_a_new_release_is_built_while_the_old_one_answers_and_then_takes_its_place(
    stopped: Ingest, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "allmanning")
    folder = tmp_path / "index"
    async with release(stopped, folder, "one") as ingest:
        await ingest.ingest("a.txt", WINTER)
        await ingest.ingest("b.txt", b"Something else.")
    async with release(stopped, folder, "two") as ingest:
        ingest.embedder.broken = True
        assert len(await ingest.found("plogas")) == 2
        assert versions(folder) == {"one", "two"}
        ingest.embedder.broken = False

        async def switched() -> bool:
            # There is no moment without both documents.
            assert len(await ingest.found("plogas")) == 2
            return versions(folder) == {"two"}

        await eventually(switched)
    assert "index: 2 of 2 documents are there" in caplog.text


async def test_document_that_cannot_be_rebuilt_stays_in_the_old_index_which_answers_on(
    stopped: Ingest, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "index"
    async with release(stopped, folder, "one") as ingest:
        done = await ingest.ingest("a.txt", WINTER)
    assert done.version
    objects = Objects(stopped.bus, "originals")
    await objects.delete(hashlib.sha256(WINTER).hexdigest())
    async with release(stopped, folder, "two") as ingest:

        async def tried() -> bool:
            return f"{done.version.id} can't be rebuilt: file.missing" in caplog.text

        await eventually(tried)
        assert len(await ingest.found("plogas")) == 1
        assert versions(folder) == {"one", "two"}
        # Submitted again, it is there again.
        await ingest.submit("a.txt", WINTER)

        async def switched() -> bool:
            return versions(folder) == {"two"}

        await eventually(switched)
        assert len(await ingest.found("plogas")) == 1
