"""Files go in while what reads, embeds, keeps and carries them is killed, again and again: none is lost or doubled.

`KILLS=200 SEED=7 pytest tests/chaos/ingest` kills longer, and as that seed says.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from nats.errors import Error as NatsError

from allmanning.contracts.ingest.v1.ingest_pb import (
    Document,
    ListRequest,
    ListResponse,
    State,
    SubmitRequest,
    SubmitResponse,
)
from allmanning.index.condition import OneOfNumbers
from allmanning.index.store.about import About
from allmanning.index.store.edge import EdgeEngine
from allmanning.index.store.remote import RemoteStore
from allmanning.index.store.root import IndexRoot
from allmanning.ingest.orphans import Orphans
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.references import References
from allmanning.ingest.settings import IngestSettings
from allmanning.runtime import streams, subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.objects import Objects
from tests.chaos.ingest.victims import Victims, of_session
from tests.conftest import Nats
from tests.integration.index.models import tei_server

FILES = 300
KILLS = int(os.environ.get("KILLS", "6"))
SEED = int(os.environ.get("SEED", str(random.SystemRandom().randrange(10_000))))
DIMENSION = 64
AUTHORITY = "uddby"
# Of ten kills about six hit the service alone or with its children.
VICTIMS = ("ingest", "all of ingest", "ingest", "all of ingest", "ingest", "all of ingest", "parser", "index", "nats")
# A loaded machine reads one file a second.
SETTLE_S = 900.0


def file(number: int) -> tuple[str, bytes]:
    """Name and bytes of a small file with one to twelve passages that no other has."""
    said = [
        f"## Avsnitt {part}\n\n" + f"Ärende {number}-{part} prövas av nämnden i Uddby. " * 20
        for part in range(number % 12 + 1)
    ]
    text = f"# Handling {number}\n\n" + "\n\n".join(said)
    if number % 3 == 0:
        paragraphs = "".join(f"<p>{line}</p>" for line in text.split("\n") if line)
        return f"{number}.html", f"<html><body>{paragraphs}</body></html>".encode()
    return f"{number}.{'md' if number % 3 == 1 else 'txt'}", text.encode()


@dataclass
class Sender:
    """Hands files in as a careful client does: again, until each is accepted. No more than are `due`."""

    bus: Bus
    due: int = 0
    accepted: set[str] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)

    async def send(self, numbers: Sequence[int]) -> None:
        originals = Objects(self.bus, "originals")
        for number in numbers:
            name, data = file(number)
            digest = hashlib.sha256(data).hexdigest()
            request = SubmitRequest(
                authority=AUTHORITY,
                collection="handlingar",
                filename=name,
                object=digest,
                size_bytes=len(data),
                secrecy="open",
            )
            while name not in self.accepted:
                if number >= self.due:
                    await asyncio.sleep(0.02)
                    continue
                try:
                    if not await originals.exists(digest):
                        await originals.put(digest, data)
                    await self.bus.call(subjects.INGEST_SUBMIT, request, SubmitResponse, timeout_s=5)
                    self.accepted.add(name)
                except PlatformError as error:
                    self.refused[error.code] += 1
                    await asyncio.sleep(0.1)


async def answering(bus: Bus, victims: Victims) -> None:
    """Wait until the service has started; one that found no NATS while it did has ended, and is started again."""
    async with asyncio.timeout(120):
        while True:
            victims.start_again()
            with contextlib.suppress(NatsError, TimeoutError):
                await bus.nc.request("$SRV.PING.ingest", timeout=0.5)
                return
            await asyncio.sleep(0.02)


async def working(bus: Bus, victims: Victims) -> None:
    """Wait until the service has indexed another document, but not for ever."""
    await answering(bus, victims)
    told = await bus.nc.subscribe("ingest.document.indexed.*")
    with contextlib.suppress(NatsError):
        await told.next_msg(timeout=10)
    await told.unsubscribe()


async def listed(bus: Bus) -> list[Document]:
    """Everything that the registry has."""
    found: list[Document] = []
    while True:
        last = found[-1].version.id if found and found[-1].version else ""
        request = ListRequest(authority=AUTHORITY, limit=200, after=last)
        page = (await bus.call(subjects.INGEST_LIST, request, ListResponse, timeout_s=30)).documents
        found += page
        if not page:
            return found


async def listed_once(bus: Bus, victims: Victims) -> list[Document]:
    await answering(bus, victims)
    try:
        return await listed(bus)
    except PlatformError:
        return []


async def settled(bus: Bus, victims: Victims) -> list[Document]:
    """Everything that the registry has, when nothing is on its way any more."""
    deadline = time.monotonic() + SETTLE_S
    while True:
        victims.start_again()
        try:
            found = await listed(bus)
        except PlatformError:
            found = []
        if len(found) >= FILES and all(each.state is not State.RECEIVED for each in found):
            return found
        if time.monotonic() > deadline:
            return found
        await asyncio.sleep(0.3)


async def digests(bus: Bus) -> dict[str, tuple[str, int]]:
    """What the index says it has of each document."""
    found: dict[str, tuple[str, int]] = {}
    after = ""
    while True:
        page = await RemoteStore(bus).digests(after)
        for each in page.digests:
            assert each.document_id not in found
            found[each.document_id] = (each.version, each.passages)
        after = page.next
        if not after:
            return found


async def points(folder: Path) -> Counter[tuple[str, str, int, int]]:
    """Document, version, position and whether it is published, of every point in the index."""
    root = IndexRoot(folder)
    root.open()
    assert root.live
    engine = EdgeEngine(root, About(root.live.about.index_version, "", DIMENSION))
    await engine.warm_up()
    found: Counter[tuple[str, str, int, int]] = Counter()
    after = ""
    while True:
        rows, after = await engine.page(
            OneOfNumbers("active", (0, 1)), 1_000, after, ("document", "version", "position", "active")
        )
        found.update(
            (str(row["document"]), str(row["version"]), int(str(row["position"])), int(str(row["active"])))
            for row in rows
        )
        if not after:
            break
    await engine.close()
    root.close()
    return found


async def objects(bus: Bus) -> tuple[set[str], int]:
    """The names in the bucket of originals, and how many objects have left pieces there without a name."""
    stream = "OBJ_originals"
    info = await bus.js.stream_info(stream, subjects_filter="$O.originals.>")
    kept = info.state.subjects or {}
    bucket = await bus.js.object_store("originals")
    entries = [each for each in await bucket.list() if not each.deleted]
    pieces = {subject.rpartition(".")[2] for subject in kept if subject.startswith("$O.originals.C.")}
    return {each.name for each in entries}, len(pieces - {each.nuid for each in entries})


async def sweep_twice(bus: Bus, data: Path) -> int:
    """How much the service's second look for orphans removes."""
    database = Database(IngestSettings(data_dir=data).database_url)
    await database.warm_up()
    orphans = Orphans(Objects(bus, "originals"), References(database), every_s=3_600)
    assert await orphans.sweep() == 0
    removed = await orphans.sweep()
    await database.close()
    return removed


@pytest.fixture
async def victims(nats: Nats, tmp_path: Path) -> AsyncIterator[Victims]:
    with tei_server("hash", DIMENSION) as url:
        victims = Victims(tmp_path, nats, url)
        yield victims
        victims.end()


@pytest.mark.timeout(60 + 15 * KILLS + SETTLE_S)
async def test_kill_9_at_any_moment_loses_no_file_and_doubles_none(victims: Victims, bus: Bus, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    print(f"SEED={SEED} KILLS={KILLS}")
    await streams.apply(bus.js)
    sender = Sender(bus)
    victims.start_again()
    begun = time.monotonic()
    sending = [asyncio.create_task(sender.send(range(start, FILES, 3))) for start in range(3)]
    killed: Counter[str] = Counter()
    while killed.total() < KILLS:
        # The files take as long as the kills do.
        sender.due = FILES * (killed.total() + 1) // KILLS
        # One in four is killed while it starts, the others while they work.
        if chance.randrange(4):
            await working(bus, victims)
        await asyncio.sleep(chance.choice((0.1, 0.5, 2.0)) * chance.random())
        victim = chance.choice(VICTIMS)
        if victims.kill(victim):
            killed[victim] += 1
        await asyncio.sleep(0.3 * chance.random())
        victims.start_again()
    in_time = sum(each.state is State.INDEXED for each in await listed_once(bus, victims))
    print(f"{time.monotonic() - begun:.0f} s; indexed meanwhile: {in_time}")
    print(f"killed: {dict(killed)}; refused meanwhile: {dict(sender.refused)}; accepted: {len(sender.accepted)}")
    async with asyncio.timeout(120):
        await asyncio.gather(*sending)

    found = await settled(bus, victims)
    states = Counter(each.state for each in found)
    assert states == {State.INDEXED: FILES}, (states, {each.code for each in found}, victims.log("ingest")[-3000:])
    known = {each.version.id: (each.version.version, each.passages) for each in found if each.version}
    assert {each.version.uri for each in found if each.version} == {file(number)[0] for number in range(FILES)}
    assert await digests(bus) == known

    names, unnamed = await objects(bus)
    referred = {each.object for each in found} | {f"{version}.txt" for version, _ in known.values()}
    assert names == referred
    # What was torn is found by one sweep and removed by the next.
    swept = await sweep_twice(bus, tmp_path / "data")
    print(f"torn uploads: {unnamed}; removed: {swept}")
    assert swept == unnamed
    assert await objects(bus) == (referred, 0)

    sessions = [process.pid for process in victims.running.values()]
    victims.stop()
    assert [pid for session in sessions for pid in of_session(session)] == []
    assert await points(tmp_path / "data" / "index") == {
        (document, version, position, 1): 1
        for document, (version, passages) in known.items()
        for position in range(passages)
    }
