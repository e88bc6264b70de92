"""How fast the log takes records in: `python -m tests.benchmark.audit.log [--records N] [--one N] [--leaves N]`.

Printed beside the same bytes inserted raw into SQLite in the same run, with the same promise that they are on disk.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from sqlalchemy import insert

from allmanning.audit.log.arrivals import Arrival
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.nodes import StoredNodes, UpperNodes
from allmanning.audit.log.schema import nodes
from allmanning.audit.log.store import Store
from allmanning.audit.log.tree import MemoryNodes, Tree, verify_inclusion
from allmanning.audit.sealing.day_keys import DayKeys
from allmanning.audit.sealing.opening import parts_of
from allmanning.audit.verify import verify
from allmanning.contracts.audit.v1.audit_pb import ProveRequest, ProveResponse
from allmanning.runtime import streams, subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import PlatformError, Unavailable
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Content, Recorder
from allmanning.runtime.settings import Settings
from tests.benchmark.audit.floor import ciphers, raw, same_tables
from tests.benchmark.audit.made_records import AUTHORITY, BATCH, PARTS, QUESTION, Made, batches, made
from tests.conftest import free_port, start_nats

BATCH_TARGET, RAW_TARGET, ONE_TARGET = 3_000, 0.5, 900


def taken(store: Store, days: DayKeys, records: Sequence[Made]) -> tuple[float, int]:
    """Seconds to check, open, seal again, store and sign records; and the kilobytes that the process grew by meanwhile.

    The growth is counted from a tenth of the way: caches fill in the beginning.
    """
    subject = subjects.content_stored(AUTHORITY)
    started, grown_from = time.perf_counter(), 0
    for start, batch in batches(records):
        store.append([Arrival(start + place, [Leaf.parse(each.leaf)]) for place, each in enumerate(batch, 1)])
        store.keep([part for each in batch for part in parts_of(each.content, subject, days)], [])
        if not grown_from and start >= len(records) // 10:
            grown_from = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = time.perf_counter() - started
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - grown_from


def in_batches(folder: Path, count: int) -> None:
    store = Store(folder / "audit")
    store.open()
    days = DayKeys(store.keyring)
    key, _ = days.newest(AUTHORITY)
    records = made(key, count)
    size = sum(len(each.leaf) + sum(len(part.sealed) for part in each.content.parts) for each in records)
    before = time.process_time()
    seconds, grown = taken(store, days, records)
    own = time.process_time() - before
    store.close()
    before = time.process_time()
    baseline = raw(folder, records)
    bare = time.process_time() - before
    alike, sealing = same_tables(folder, count), ciphers(records)
    print(
        f"in batches of {BATCH}: {count / seconds:,.0f} records/s durable and signed (target {BATCH_TARGET:,}); the "
        f"same {size / count:,.0f} bytes a record raw into SQLite: {count / baseline:,.0f}/s; "
        f"ratio {baseline / seconds:.2f} (target over {RAW_TARGET}); processor time {own / count * 1e6:.0f} and "
        f"{bare / count * 1e6:.0f} us a record, whatever the load; memory grew by {grown} kB over the last 90 %\n"
        f"what is left without the log: its rows into the same tables and indexes {count / alike:,.0f}/s; ciphers and "
        f"hashes alone {sealing / count * 1e6:.0f} us a record, of the {bare / count * 1e6 / RAW_TARGET:.0f} us that "
        f"the target leaves for everything"
    )


def proofs(folder: Path, count: int) -> None:
    """Proofs from a tree of `count` leaves on disk."""
    store = Store(folder / "proofs")
    store.open()
    memory = MemoryNodes()
    tree = Tree(memory)
    for number in range(count):
        tree.append(sha256(number.to_bytes(8, "big")).digest())
    with store.database.transaction() as connection:
        for level, hashes in enumerate(memory._levels):
            for start in range(0, len(hashes), 50_000):
                rows = [
                    {"log": 1, "level": level, "idx": start + place, "hash": value}
                    for place, value in enumerate(hashes[start : start + 50_000])
                ]
                connection.execute(insert(nodes), rows)
    root = tree.root()
    made_in, checked_in, sizes = [], [], []
    with store.database.snapshot() as connection:
        stored = Tree(StoredNodes(connection, 1, UpperNodes()), count)
        for index in range(0, count, max(count // 1_000, 1)):
            started = time.perf_counter()
            proof = stored.inclusion(index, count)
            made_at = time.perf_counter()
            assert verify_inclusion(sha256(index.to_bytes(8, "big")).digest(), index, count, proof, root)
            made_in.append(made_at - started)
            checked_in.append(time.perf_counter() - made_at)
            sizes.append(sum(len(each) for each in proof))
    store.close()
    print(
        f"proof at {count:,} leaves: {max(sizes)} bytes (target 640); made from disk in "
        f"{statistics.median(made_in) * 1e3:.3f} ms, the first in {made_in[0] * 1e3:.3f} ms; checked in "
        f"{statistics.median(checked_in) * 1e3:.3f} ms (medians of leaves far apart; target together 0.1 ms)"
    )


async def one_at_a_time(folder: Path, count: int, askers: int = 64) -> None:
    """Records left one by one through JetStream, until each is signed and its receipt holds."""
    place = folder / "nats"
    place.mkdir()
    port, password = free_port(), secrets.token_hex(8)
    nats = start_nats(place, port, password)
    environment = os.environ | {
        "ALLMANNING_NATS_URL": f"nats://127.0.0.1:{port}",
        "ALLMANNING_NATS_USER": "audit",
        "ALLMANNING_NATS_PASSWORD": password,
        "ALLMANNING_DATA_DIR": str(folder / "data"),
    }
    operator = await Bus.connect(_settings(port, password, "node"), name="node")
    await streams.apply(operator.js)
    audit = subprocess.Popen([sys.executable, "-m", "allmanning.audit"], env=environment)
    recorder = Recorder(operator, "generate")
    try:
        while not await _left(recorder, "warm-up"):
            await asyncio.sleep(0.1)
        decisions = [uuid7() for _ in range(count)]
        waiting = iter(decisions)

        async def ask() -> None:
            for decision in waiting:
                assert await _left(recorder, decision)

        started = time.perf_counter()
        await asyncio.gather(*(ask() for _ in range(askers)))
        left = time.perf_counter() - started
        last = await _receipt(operator, decisions[-1])
        seconds = time.perf_counter() - started
        receipts = [last, *[await _receipt(operator, each) for each in decisions[:: max(count // 50, 1)]]]
        assert all(verify(each).ok for each in receipts)
        alone = await _alone(recorder, operator, 50)
        print(
            f"one at a time through JetStream, {askers} askers: {count / left:,.0f} records/s left, "
            f"{count / seconds:,.0f} records/s until the last has a receipt (target {ONE_TARGET}); one asker "
            f"alone: durable in {alone[0] * 1e3:.1f} ms, receipt after {alone[1] * 1e3:.1f} ms (medians)"
        )
    finally:
        audit.terminate()
        audit.wait()
        await operator.close()
        nats.kill()
        nats.wait()


async def _alone(recorder: Recorder, bus: Bus, times: int) -> tuple[float, float]:
    durable, proved = [], []
    for _ in range(times):
        decision, started = uuid7(), time.perf_counter()
        await _left(recorder, decision)
        durable.append(time.perf_counter() - started)
        await _receipt(bus, decision)
        proved.append(time.perf_counter() - started)
    return statistics.median(durable), statistics.median(proved)


def _settings(port: int, password: str, user: str) -> Settings:

    return Settings(nats_url=f"nats://127.0.0.1:{port}", nats_user=user, nats_password=password)


async def _left(recorder: Recorder, decision: str) -> bool:

    parts = {name: Content({"text": QUESTION}, retention) for name, retention in PARTS.items()}
    try:
        await recorder.record(
            "answer.released",
            authority=AUTHORITY,
            decision_id=decision,
            fields={"outcome": "answered"},
            parts=parts,
        )
    except Unavailable:
        return False
    return True


async def _receipt(bus: Bus, decision: str) -> bytes:

    request = ProveRequest(authority=AUTHORITY, decision_id=decision)
    while True:
        try:
            return (await bus.call(subjects.AUDIT_PROVE, request, ProveResponse)).receipt
        except PlatformError as error:
            if error.code not in ("decision.pending", "decision.not_found"):
                raise
            await asyncio.sleep(0.002)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--one", type=int, default=3_000)
    parser.add_argument("--leaves", type=int, default=1_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        in_batches(Path(folder), given.records)
        asyncio.run(one_at_a_time(Path(folder), given.one))
        proofs(Path(folder), given.leaves)


if __name__ == "__main__":
    main()
