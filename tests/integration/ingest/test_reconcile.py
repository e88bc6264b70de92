"""What a crash or an outage left behind is mended, without anybody asking."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from allmanning.contracts.ingest.v1.ingest_pb import State
from allmanning.ingest.handlers import tell_received
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.registry import Registry
from allmanning.ingest.registry.row import Job
from allmanning.runtime.bus import Bus
from tests.integration.ingest.running import AUTHORITY, Ingest

WINTER = "Gatorna plogas när det ligger fem centimeter snö.".encode()


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await holds():
            await asyncio.sleep(0.05)


async def test_event_lost_between_registry_and_stream_is_sent_again(
    stopped: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(bus: Bus, job: Job) -> None:
        pass

    monkeypatch.setattr("allmanning.ingest.handlers.tell_received", lost)
    monkeypatch.setattr("allmanning.ingest.reconcile.tell_received", lost)
    async with stopped.running():
        submitted = await stopped.submit("a.txt", WINTER)
        await asyncio.sleep(0.5)
        assert submitted.document
        assert submitted.document.version
        assert (await stopped.get(submitted.document.version.id)).state is State.RECEIVED
    monkeypatch.setattr("allmanning.ingest.reconcile.tell_received", tell_received)
    async with stopped.running():
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
