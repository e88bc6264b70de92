"""Handle events that must not be lost: durable pull consumers with retry and dead letters.

A handler must be idempotent: an event comes again when its acknowledgement was lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeout
from nats.js.client import JetStreamContext
from nats.js.errors import Error as JetStreamError
from protobuf import Message

from allmanning.runtime import subjects, wire
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.streams import stream_of

Event = TypeVar("Event", bound=Message)

RETRY_AFTER_S = (1.0, 5.0, 30.0, 120.0)
FETCH_WAIT_S = 5.0
# What takes longer comes with the next batch.
_HANDED_OVER_S = 0.01
# Messages of about the last second: of several questions, not of one.
_MANY = 12

log = logging.getLogger(__name__)


def _permanent(error: Exception) -> bool:
    return isinstance(error, PlatformError) and not error.retryable


async def _dead_letter(bus: Bus, message: Msg, error: Exception, attempts: int) -> None:
    """Keep the message where an operator sees it, and only then let it go."""
    reason = error.code if isinstance(error, PlatformError) else type(error).__name__
    headers = {key: value for key, value in (message.headers or {}).items() if key != wire.MESSAGE_ID}
    headers |= {wire.DEAD_REASON: reason, wire.DEAD_ATTEMPTS: str(attempts)}
    await bus.js.publish(subjects.dead(message.subject), message.data, headers=headers)
    await message.term()
    log.error("dead letter from %s after %d attempts: %s", message.subject, attempts, reason)


async def _bound(bus: Bus, name: str) -> JetStreamContext.PullSubscription:
    return await bus.js.pull_subscribe_bind(durable=name, stream=stream_of(name))


async def _fetch(subscription: JetStreamContext.PullSubscription, batch: int, wait_s: float) -> list[Msg]:
    try:
        return await subscription.fetch(batch, timeout=wait_s)
    except (NatsTimeout, TimeoutError):
        return []
    except (NatsError, JetStreamError) as error:
        log.warning("fetch failed: %s", type(error).__name__)
        await asyncio.sleep(0.5)
        return []


@dataclass(frozen=True)
class Delivered(Generic[Event]):
    """An event with its place in the stream."""

    event: Event
    subject: str
    # 1-based, without gaps as long as nothing was deleted from the stream.
    sequence: int


@dataclass
class BatchConsumer(Generic[Event]):
    """Handles events in the order of the stream, several at a time; all are acknowledged once `handle` returns.

    A message that is not an `event_type`, or that `handle` refuses with a permanent error when given alone, becomes
    a dead letter; the others go on. Other errors stop the consumer from passing them: it tries again until it works.
    """

    name: str
    event_type: type[Event]
    handle: Callable[[Sequence[Delivered[Event]]], Awaitable[None]]
    batch: int = 256
    max_wait_s: float = 0.01
    busy_wait_s: float = 0.4
    """While many come. A batch costs much more than an event in it, and who published does not wait for it."""

    async def run(self, bus: Bus) -> None:
        """Consume until cancelled."""
        subscription = await _bound(bus, self.name)
        began, lately = time.monotonic(), 0.0
        try:
            while True:
                messages = await _fetch(subscription, 1, FETCH_WAIT_S)
                if messages:
                    wait_s = self.busy_wait_s if lately > _MANY else self.max_wait_s
                    # Together: what is handed over as it comes wakes server and client for each.
                    await asyncio.sleep(wait_s)
                    messages += await _fetch(subscription, self.batch - 1, _HANDED_OVER_S)
                    passed_s, began = time.monotonic() - began, time.monotonic()
                    lately = lately * 0.5**passed_s + len(messages)
                    messages.sort(key=lambda message: message.metadata.sequence.stream)
                    await asyncio.shield(self._process(bus, messages))
        finally:
            with contextlib.suppress(NatsError):
                await subscription.unsubscribe()

    async def _process(self, bus: Bus, messages: list[Msg]) -> None:
        while True:
            try:
                await self.handle([self._delivered(message) for message in messages])
            except Exception as error:
                if len(messages) > 1:
                    for message in messages:
                        await self._process(bus, [message])
                    return
                [message] = messages
                attempt = message.metadata.num_delivered
                if _permanent(error) or isinstance(error, ValueError):
                    await _dead_letter(bus, message, error, attempt)
                    return
                log.exception("%s: batch failed, attempt %d", self.name, attempt)
                await asyncio.sleep(RETRY_AFTER_S[min(attempt, len(RETRY_AFTER_S)) - 1])
                continue
            for message in messages:
                await message.ack()
            return

    def _delivered(self, message: Msg) -> Delivered[Event]:
        return Delivered(self.event_type.from_binary(message.data), message.subject, message.metadata.sequence.stream)
