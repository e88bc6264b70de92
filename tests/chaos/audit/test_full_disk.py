"""A full disk: no new answer begins, nothing is lost, and it goes on by itself when there is room."""

from __future__ import annotations

import asyncio
import resource
import signal

import pytest

from allmanning.runtime.errors import Unavailable
from allmanning.runtime.record import Recorder
from tests.chaos.audit.process import AuditProcess
from tests.chaos.audit.test_kill import checkpoint, contents
from tests.integration.audit.asker import Asker

BEFORE, MEANWHILE = 20, 60


async def answers(asker: Asker) -> bool:
    try:
        await asker.gate()
    except Unavailable:
        return False
    return True


async def test_with_a_full_disk_no_answer_begins_and_nothing_is_lost(nats, bus, tmp_path):
    data = tmp_path / "data"
    process = AuditProcess(nats, data)
    asker = Asker(bus, Recorder(bus, "generate"))
    await process.start(bus)
    for number in range(BEFORE):
        await asker.record("question.received", f"a{number}", {"question": "Får jag elda?"})
    async with asyncio.timeout(20):
        while (await checkpoint(bus)).size < BEFORE:
            await asyncio.sleep(0.05)
    await asker.gate()

    # No file of the service may grow beyond what the largest one is now.
    largest = max(path.stat().st_size for path in (data / "audit").rglob("*") if path.is_file())
    _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (largest, hard))
    for number in range(MEANWHILE):
        # What was under way is durable in NATS all the same.
        await asker.record("question.received", f"b{number}", {"question": "Får jag elda?" * 500})
    async with asyncio.timeout(20):
        while await answers(asker):
            await asyncio.sleep(0.05)
    with pytest.raises(Unavailable, match=r"audit\.disk_full: .*Gör plats"):
        await asker.gate()

    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    async with asyncio.timeout(60):
        while (await checkpoint(bus)).size < BEFORE + MEANWHILE or contents(
            data / "audit" / "log.db"
        ) < BEFORE + MEANWHILE:
            await asyncio.sleep(0.1)
    await asker.gate()
    assert (await bus.js.stream_info("DEAD")).state.messages == 0
    await process.stop(signal.SIGTERM)
