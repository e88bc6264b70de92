"""Events are handled at least once, retried, and kept as dead letters when nothing helps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from allmanning.contracts.audit.v1.audit_pb import DecisionRecorded
from allmanning.contracts.ingest.v1.ingest_pb import DocumentReceived
from allmanning.runtime import consumer, subjects, wire
from allmanning.runtime.bus import Bus
from allmanning.runtime.consumer import BatchConsumer, Consumer, ConsumerStopped, Delivered
from allmanning.runtime.errors import Unavailable, Unprocessable


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def receive(bus: Bus, document_id: str) -> None:
    event = DocumentReceived(authority="a", document_id=document_id)
    await bus.publish(subjects.document_received("a"), event, message_id=document_id)


async def test_the_same_event_published_twice_is_handled_once(bus: Bus) -> None:
    seen: list[str] = []

    async def handle(event: DocumentReceived) -> None:
        seen.append(event.document_id)

    await receive(bus, "1")
    await receive(bus, "1")
    await receive(bus, "2")
    task = asyncio.create_task(Consumer("ingest-worker", DocumentReceived, handle, concurrency=1).run(bus))
    await until(lambda: "2" in seen)
    task.cancel()
    assert sorted(seen) == ["1", "2"]


async def test_a_passing_fault_is_retried_until_it_works(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "RETRY_AFTER_S", (0.01, 0.01, 0.01))
    attempts: list[str] = []

    async def handle(event: DocumentReceived) -> None:
        attempts.append(event.document_id)
        if len(attempts) < 3:
            raise Unavailable("index.unavailable", "…")

    await receive(bus, "1")
    task = asyncio.create_task(Consumer("ingest-worker", DocumentReceived, handle).run(bus))
    await until(lambda: len(attempts) == 3)
    await asyncio.sleep(0.1)
    task.cancel()
    assert len(attempts) == 3
    assert (await bus.js.stream_info("DEAD")).state.messages == 0


async def test_a_message_that_can_never_succeed_becomes_a_dead_letter_at_once(bus: Bus) -> None:
    attempts: list[str] = []

    async def handle(event: DocumentReceived) -> None:
        attempts.append(event.document_id)
        raise Unprocessable("document.encrypted", "…")

    await receive(bus, "1")
    task = asyncio.create_task(Consumer("ingest-worker", DocumentReceived, handle).run(bus))
    dead = await bus.js.subscribe("dead.>", ordered_consumer=True)
    letter = await dead.next_msg(timeout=10)
    task.cancel()
    assert letter.headers is not None
    assert letter.headers[wire.DEAD_REASON] == "document.encrypted"
    assert DocumentReceived.from_binary(letter.data).document_id == "1"
    assert attempts == ["1"]


async def test_a_consumer_that_only_makes_dead_letters_stops(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "DEAD_LETTERS_IN_A_ROW", 3)
    monkeypatch.setattr(consumer, "FETCH_WAIT_S", 0.1)

    async def handle(_: DocumentReceived) -> None:
        raise Unprocessable("broken", "…")

    for number in range(9):
        await receive(bus, str(number))
    with pytest.raises(ConsumerStopped):
        await Consumer("ingest-worker", DocumentReceived, handle, concurrency=1).run(bus)
    assert (await bus.js.stream_info("DEAD")).state.messages < 9


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
