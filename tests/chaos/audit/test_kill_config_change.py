"""Kill the audit service right after it has told of a change: the next one does not tell of it again."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from allmanning.contracts.audit.v1.audit_pb import DecisionRecorded
from allmanning.runtime.bus import Bus
from allmanning.runtime.dispatch import leaves_of
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Recorder, digest
from tests.chaos.audit.process import AuditProcess
from tests.integration.audit.asker import Asker

CHANGES = 4


async def told(bus: Bus) -> list[dict[str, Any]]:
    """What the stream holds of changes."""
    state = (await bus.js.stream_info("AUDIT_LEAVES")).state
    messages = [await bus.js.get_msg("AUDIT_LEAVES", number) for number in range(1, state.last_seq + 1)]
    events = [DecisionRecorded.from_binary(each.data or b"") for each in messages]
    leaves = [json.loads(each.leaf) for event in events for each in leaves_of(event)]
    return [each for each in leaves if each["type"] == "se.audit.config.changed.v1"]


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_change_is_told_once_however_often_the_one_who_tells_is_killed(nats, bus, tmp_path):
    asker = Asker(bus, Recorder(bus, "generate"))

    async def ask(number: int) -> None:
        pins: Any = {"prompt": digest(str(number).encode())}
        await asker.record("question.received", uuid7(), {"question": "Får jag elda?"}, pins=pins)

    process = AuditProcess(nats, tmp_path / "data")
    await process.start(bus)
    await ask(0)
    await process.stop()
    for number in range(1, CHANGES + 1):
        await ask(number)
        # It looks as soon as it has taken in what was in the stream when it started.
        await process.start(bus)
        async with asyncio.timeout(60):
            while len(await told(bus)) < number:
                await asyncio.sleep(0.005)
        await process.stop()
    found = await told(bus)
    assert len({each["cause"] for each in found}) == len(found) == CHANGES
    assert [each["changes"][0]["to"] for each in found] == [
        digest(str(number).encode()) for number in range(1, CHANGES + 1)
    ]
