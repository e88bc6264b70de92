"""Kill the audit service while it writes the public files: what is shown can be followed, and all is in time."""

from __future__ import annotations

import asyncio
import random
import signal
from pathlib import Path

import pytest

from allmanning.contracts.audit.v1.audit_pb import CheckpointRequest, CheckpointResponse
from allmanning.runtime import subjects
from allmanning.runtime.record import Recorder, now
from tests.chaos.audit.process import AuditProcess
from tests.integration.audit.asker import AUTHORITY, Asker
from tests.unit.audit.follower import Follower

RECORDS, AT_A_TIME, KILLS = 1500, 50, 6


@pytest.mark.slow
async def test_a_publisher_that_is_killed_again_and_again_never_shows_what_is_not_there(nats, bus, tmp_path):
    process = AuditProcess(nats, tmp_path / "data", publish_every_s="0.01")
    asker = Asker(bus, Recorder(bus, "generate"))

    async def leave_records() -> None:
        for number in range(0, RECORDS, AT_A_TIME):
            await asyncio.gather(*(asker.record("answer.released", f"d{number + n}") for n in range(AT_A_TIME)))

    await process.start(bus)
    records = asyncio.create_task(leave_records())
    follower: Follower | None = None
    sizes: list[int] = []
    for _ in range(KILLS):
        await asyncio.sleep(random.uniform(0.05, 0.4))
        await process.stop()
        follower = follower or await _follower(tmp_path / "data", process, bus)
        if (follower.fetch("checkpoint")) is not None:
            sizes.append(follower.follow())
        await process.start(bus)
    await records
    assert follower is not None
    async with asyncio.timeout(60):
        while len(follower.entries) < RECORDS:
            await asyncio.sleep(0.1)
            follower.follow()
    assert sizes == sorted(sizes)
    assert len(follower.entries) == RECORDS
    signed = await bus.call(subjects.AUDIT_CHECKPOINT, CheckpointRequest(authority=AUTHORITY), CheckpointResponse)
    assert signed.size == RECORDS
    await process.stop(signal.SIGTERM)


async def _follower(data: Path, process: AuditProcess, bus) -> Follower:
    await process.start(bus)
    async with asyncio.timeout(20):
        while True:
            signed = await bus.call(
                subjects.AUDIT_CHECKPOINT, CheckpointRequest(authority=AUTHORITY), CheckpointResponse
            )
            if signed.vkey:
                break
            await asyncio.sleep(0.05)
    await process.stop()
    period = f"{now()[:4]}h{1 if now()[5:7] <= '06' else 2}"
    log = data / "audit" / "tiles" / AUTHORITY / period

    def fetch(name: str) -> bytes | None:
        return (log / name).read_bytes() if (log / name).exists() else None

    return Follower(signed.vkey, fetch)
