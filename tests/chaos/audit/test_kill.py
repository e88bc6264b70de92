"""Kill the audit service at any moment: the log is the stream, no more and no less."""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.note import VerifierKey
from allmanning.audit.log.tree import leaf_hash, root_of
from allmanning.audit.verify import verify
from allmanning.contracts.audit.v1.audit_pb import (
    CheckpointRequest,
    CheckpointResponse,
    DecisionRecorded,
    ExportRequest,
    ExportResponse,
)
from allmanning.runtime import streams, subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.dispatch import leaves_of
from allmanning.runtime.errors import Unavailable
from allmanning.runtime.objects import Objects
from allmanning.runtime.record import Recorder
from tests.chaos.audit.process import AuditProcess
from tests.integration.audit.asker import AUTHORITY, Asker

DECISIONS = 120


async def checkpoint(bus: Bus) -> CheckpointResponse:
    return await bus.call(subjects.AUDIT_CHECKPOINT, CheckpointRequest(authority=AUTHORITY), CheckpointResponse)


def contents(path: Path) -> int:
    """How many parts are kept."""
    with closing(sqlite3.connect(path)) as db:
        count: int = db.execute("SELECT count(*) FROM sealed_parts").fetchone()[0]
        return count


async def streamed(bus: Bus) -> list[bytes]:
    """Every leaf in the stream, in order."""
    count = (await bus.js.stream_info("AUDIT_LEAVES")).state.last_seq
    messages = [await bus.js.get_msg("AUDIT_LEAVES", number) for number in range(1, count + 1)]
    return [each.leaf for message in messages for each in leaves_of(DecisionRecorded.from_binary(message.data or b""))]


@pytest.mark.slow
async def test_a_writer_that_is_killed_again_and_again_loses_and_doubles_nothing(nats, bus, tmp_path):
    process = AuditProcess(nats, tmp_path / "data")
    asker = Asker(bus, Recorder(bus, "generate"))

    async def leave_records() -> None:
        for number in range(DECISIONS):
            for kind in ("question.received", "draft.generated"):
                await asker.record(kind, f"d{number}", {"question": "Får jag elda?"})
            await asker.record("answer.released", f"d{number}", {"answer": "Nej."}, outcome="answered")

    await process.start(bus)
    records = asyncio.create_task(leave_records())
    for _ in range(4):
        await asyncio.sleep(random.uniform(0.02, 0.25))
        await process.stop()
        await process.start(bus)
    await records
    async with asyncio.timeout(60):
        while (await checkpoint(bus)).size < DECISIONS * 3:
            await asyncio.sleep(0.05)

    leaves = await streamed(bus)
    signed = await checkpoint(bus)
    opened = Checkpoint.open(signed.note, VerifierKey.parse(signed.vkey))
    assert (opened.size, opened.root) == (len(leaves), root_of(leaf_hash(leaf) for leaf in leaves))

    # Content that was delivered to a killed writer comes again when its ack_wait has passed.
    path = tmp_path / "data" / "audit" / "log.db"
    async with asyncio.timeout(60):
        while contents(path) < DECISIONS * 3:
            await asyncio.sleep(0.2)
    request = ExportRequest(authority=AUTHORITY, with_content=True)
    answer = await bus.call(subjects.AUDIT_EXPORT, request, ExportResponse)
    report = verify(await Objects(bus, "exports").get(answer.object), vkey=signed.vkey, checkpoint=signed.note)
    assert report.ok, [each for each in report.checks if not each.ok]
    assert any(each.detail.startswith(f"{DECISIONS * 3} delar stämmer") for each in report.checks)
    await process.stop(signal.SIGTERM)


async def test_a_restored_backup_refuses_until_the_stream_is_read_again(nats, bus, tmp_path):
    data = tmp_path / "data"
    process = AuditProcess(nats, data)
    asker = Asker(bus, Recorder(bus, "generate"))
    await process.start(bus)
    await asker.seen(await asker.decide())
    await process.stop(signal.SIGTERM)
    shutil.copytree(data / "audit", tmp_path / "backup")
    await process.start(bus)
    await asker.seen(await asker.decide())
    await process.stop(signal.SIGTERM)
    for path in (data / "audit").glob("log.db*"):
        path.unlink()
    shutil.copy(tmp_path / "backup" / "log.db", data / "audit" / "log.db")

    await process.start(bus)
    with pytest.raises(Unavailable, match=r"audit\.log_behind_lock: .*säkerhetskopia"):
        await checkpoint(bus)
    await asker.record("question.received", "later")
    await asyncio.sleep(0.5)
    with pytest.raises(Unavailable, match=r"audit\.log_behind_lock"):
        await checkpoint(bus)
    with closing(sqlite3.connect(data / "audit" / "log.db")) as db:
        assert db.execute("SELECT size FROM logs").fetchall() == [(3,)]
    await process.stop(signal.SIGTERM)

    # What the README tells the operator to do.
    await bus.js.delete_consumer("AUDIT_LEAVES", "audit-log")
    await streams.apply(bus.js)
    await process.start(bus)
    async with asyncio.timeout(20):
        while True:
            try:
                if (await checkpoint(bus)).size == 7:
                    break
            except Unavailable:
                await asyncio.sleep(0.05)
    opened = Checkpoint.parse((await checkpoint(bus)).note.partition("\n\n")[0] + "\n")
    assert opened.root == root_of(leaf_hash(leaf) for leaf in await streamed(bus))
    await process.stop(signal.SIGTERM)
