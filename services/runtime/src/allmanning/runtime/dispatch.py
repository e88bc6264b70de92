"""Records on their way to the log: what is left while a message is being confirmed goes together in the next one.

The server has each message on disk before it reads the next, and whoever takes it in acknowledges it: that is most of
what a record costs, whatever is in it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from allmanning.contracts.audit.v1.audit_pb import ContentPinned, ContentStored, DecisionRecorded
from allmanning.runtime import subjects
from allmanning.runtime.errors import PlatformError, Unavailable

if TYPE_CHECKING:
    from allmanning.runtime.bus import Bus

# Of records that share a message, which holds 1 MiB; a larger one goes alone.
SHARED_BYTES: Final = 700_000
# More than the names, keys and numbers around a leaf, or around a part.
_AROUND_BYTES: Final = 500
_LONGEST_WAIT_S: Final = 2.0


def leaves_of(event: DecisionRecorded) -> Iterator[DecisionRecorded]:
    """The records of a message, in the order in which they were left."""
    yield event
    for each in event.more:
        yield from leaves_of(each)


def contents_of(event: ContentStored | ContentPinned) -> Iterator[ContentStored | ContentPinned]:
    """The content of a message, record by record."""
    yield event
    if isinstance(event, ContentStored):
        for each in event.more:
            yield from contents_of(each)


@dataclass(eq=False)
class _Shipment:
    """Records of one authority that go together."""

    leaves: list[DecisionRecorded] = field(default_factory=list)
    contents: list[ContentStored] = field(default_factory=list)
    bytes: int = 0
    confirmed: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Dispatch:
    """Sends the records of one producer, one message of an authority at a time.

    A message whose confirmation failed is sent again in the background (the stream drops doubles), so that an outage
    leaves no gap.
    """

    def __init__(self, bus: Bus, leaf_subject: Callable[[str], str]) -> None:
        self._bus = bus
        self._leaf_subject = leaf_subject
        self._waiting: dict[str, deque[_Shipment]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._unconfirmed = 0

    @property
    def stalled(self) -> bool:
        """Whether the streams do not confirm what was sent."""
        return self._unconfirmed > 0

    async def leave(self, records: Iterable[tuple[DecisionRecorded, ContentStored | None]]) -> None:
        """Send records in this order; returns when they are durable, leaves and content.

        They go although the caller is cancelled, and on their way before this first gives way to other work.

        Raises:
            Unavailable: `events.unavailable`; it is then sent again until it is.
            TooLarge: `message.too_large`.
        """
        shipments = dict.fromkeys(self._loaded(leaf, content) for leaf, content in records)
        await asyncio.gather(*(asyncio.shield(each.confirmed) for each in shipments))

    def _loaded(self, leaf: DecisionRecorded, content: ContentStored | None) -> _Shipment:
        """The message that the record goes with."""
        weight = _AROUND_BYTES + len(leaf.leaf)
        if content is not None:
            weight += sum(_AROUND_BYTES + len(part.sealed) for part in content.parts)
        waiting = self._waiting.get(leaf.authority)
        if waiting is None:
            waiting = self._waiting[leaf.authority] = deque()
            self._begin(self._send_all(leaf.authority, waiting))
        if not waiting or waiting[-1].bytes + weight > SHARED_BYTES:
            waiting.append(_Shipment())
        shipment = waiting[-1]
        shipment.bytes += weight
        shipment.leaves.append(leaf)
        if content is not None:
            shipment.contents.append(content)
        return shipment

    async def _send_all(self, authority: str, waiting: deque[_Shipment]) -> None:
        while waiting:
            shipment = waiting.popleft()
            try:
                await self._send(shipment)
            except Unavailable as error:
                # What waits behind it would only wait for the same.
                for each in (shipment, *waiting):
                    self._unconfirmed += 1
                    each.confirmed.set_exception(error)
                    self._begin(self._until_confirmed(each))
                waiting.clear()
            except PlatformError as error:
                shipment.confirmed.set_exception(error)
            else:
                shipment.confirmed.set_result(None)
            finally:
                # Whatever went wrong: nobody waits for ever.
                shipment.confirmed.cancel()
        del self._waiting[authority]

    async def _send(self, shipment: _Shipment) -> None:
        leaf, *leaf.more = shipment.leaves
        publishing = [self._bus.publish(self._leaf_subject(leaf.authority), leaf, message_id=leaf.id)]
        if shipment.contents:
            content, *content.more = shipment.contents
            name = f"content:{content.record_id}"
            publishing.append(self._bus.publish(subjects.content_stored(content.authority), content, message_id=name))
        await asyncio.gather(*publishing)

    async def _until_confirmed(self, shipment: _Shipment) -> None:
        wait_s = 0.25
        try:
            while True:
                await asyncio.sleep(wait_s)
                try:
                    await self._send(shipment)
                except Unavailable:
                    wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
                else:
                    return
        finally:
            self._unconfirmed -= 1

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
