"""Events are handled at least once and in order, and kept as dead letters when nothing helps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from allmanning.contracts.audit.v1.audit_pb import DecisionRecorded
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.consumer import BatchConsumer, Delivered


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_batches_keep_the_order_of_the_stream_and_set_bad_messages_aside(bus: Bus) -> None:
    seen: list[int] = []

    async def handle(batch: Sequence[Delivered[DecisionRecorded]]) -> None:
        for each in batch:
            if each.event.id == "bad":
                raise ValueError("not canonical")
        seen.extend(each.sequence for each in batch)

    for number in range(10):
        event = DecisionRecorded(id="bad" if number == 4 else str(number))
        await bus.publish(subjects.decision_recorded("a"), event, message_id=str(number))
    task = asyncio.create_task(BatchConsumer("audit-log", DecisionRecorded, handle).run(bus))
    await until(lambda: len(seen) == 9)
    task.cancel()
    assert seen == [1, 2, 3, 4, 6, 7, 8, 9, 10]
    assert (await bus.js.stream_info("DEAD")).state.messages == 1
