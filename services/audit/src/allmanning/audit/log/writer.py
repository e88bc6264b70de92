"""From the streams to the log. What can't be part of the log becomes a dead letter, never nothing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final, TypeVar

from nats.aio.msg import Msg

from allmanning.audit.log.admission import STRICT, Admission
from allmanning.audit.log.arrivals import Arrival
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.part import StoredPart
from allmanning.audit.log.protocol import Log
from allmanning.audit.log.reading import StoredPin
from allmanning.audit.sealing.day_keys import DayKeys
from allmanning.audit.sealing.destruction import Destroyed
from allmanning.audit.sealing.opening import parts_of
from allmanning.contracts.audit.v1.audit_pb import ContentPinned, ContentStored, DecisionRecorded
from allmanning.runtime import subjects
from allmanning.runtime.consumer import BatchConsumer, Delivered
from allmanning.runtime.dispatch import contents_of, leaves_of
from allmanning.runtime.errors import Conflict, InvalidInput, Unavailable
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import digest
from allmanning.runtime.retention import CLASSES

# What a crashed writer left unacknowledged comes again within the consumer's ack_wait, half a minute.
MISSING_AFTER_S: Final = 60.0
DESTROY_EVERY_S: Final = 30.0
RETRY_AFTER_S: Final = 5.0
Result = TypeVar("Result")

log = logging.getLogger(__name__)


def leaf_of(delivered: Delivered[DecisionRecorded], admission: Admission = STRICT) -> Leaf:
    """The leaf of an event, checked against everything around it.

    Raises:
        InvalidInput: `leaf.*`.
    """
    event = delivered.event
    leaf = Leaf.parse(event.leaf)
    said = (leaf.id, leaf.authority, leaf.decision)
    if said != (event.id, event.authority, event.decision_id):
        raise InvalidInput("leaf.mismatch", "Posten och meddelandet anger olika id, myndighet eller beslut.")
    admission.check(leaf, delivered.subject, delivered.sequence)
    if unknown := {part.retention for part in leaf.parts.values()} - CLASSES.keys():
        raise InvalidInput(
            "leaf.retention_unknown", f"Posten har gallringsklasser som inte finns: {', '.join(sorted(unknown))}."
        )
    return leaf


def pin_of(event: ContentPinned, subject: str) -> StoredPin:
    """The pin of an event; its authority stands in the subject.

    Raises:
        InvalidInput: `pin.mismatch`.
    """
    if digest(event.content) != event.hash:
        raise InvalidInput("pin.mismatch", "Texten är inte den som hashen anger.")
    authority = checked_authority(subject.rpartition(".")[2])
    return StoredPin(authority, event.hash, event.kind, event.content)


class LeafConsumer(BatchConsumer[DecisionRecorded]):
    """Passes on what can't be decoded too, as an empty event: the log must know of every message's place."""

    def _delivered(self, message: Msg) -> Delivered[DecisionRecorded]:
        try:
            return super()._delivered(message)
        except ValueError:
            return Delivered(DecisionRecorded(), message.subject, message.metadata.sequence.stream)


class ContentConsumer(BatchConsumer[ContentStored | ContentPinned]):
    """The content stream carries two kinds of event; the subject says which."""

    def _delivered(self, message: Msg) -> Delivered[ContentStored | ContentPinned]:
        pinned = message.subject == subjects.content_pinned(message.subject.rpartition(".")[2])
        kind = ContentPinned if pinned else ContentStored
        return Delivered(kind.from_binary(message.data), message.subject, message.metadata.sequence.stream)


class Writer:
    """Feeds the store from one thread of its own, so that a slow disk never stops the gate."""

    def __init__(self, store: Log, days: DayKeys, admission: Admission = STRICT) -> None:
        self._store = store
        self._admission = admission
        self._days = days
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="audit-writer")
        self._waiting_since: float | None = None
        self._failed: Unavailable | None = None

    async def warm_up(self) -> None:
        await self._run(self._store.open)

    async def close(self) -> None:
        await self._run(self._store.close)
        self._thread.shutdown()

    async def log(self, batch: Sequence[Delivered[DecisionRecorded]]) -> None:
        """Add leaves; they are on disk, and signed unless that is refused, when this returns.

        A message with a record that can't join the log is refused only when it comes alone: then its other records are
        added, and its place in the stream is noted, so that what follows does not wait for it.

        Raises:
            InvalidInput: `leaf.*`; Conflict: `leaf.id_reused`. Then nothing of several messages was added.
        """
        arrivals: list[Arrival] = []
        refused: InvalidInput | None = None
        for each in batch:
            taken, refused = self._taken(each)
            if refused and len(batch) > 1:
                raise refused
            arrivals.append(Arrival(each.sequence, taken))
        try:
            await self._written(lambda: self._store.append(arrivals))
        except Conflict:
            if len(batch) == 1:
                await self._run(lambda: self._store.append([Arrival(batch[0].sequence, ())]))
            raise
        await self._run(self._watch)
        if refused:
            raise refused

    def _taken(self, message: Delivered[DecisionRecorded]) -> tuple[list[Leaf], InvalidInput | None]:
        """The leaves of a message that can join the log, and why one can't."""
        found: list[Leaf] = []
        refused: InvalidInput | None = None
        for event in leaves_of(message.event):
            try:
                found.append(leaf_of(replace(message, event=event), self._admission))
            except InvalidInput as error:
                refused = error
        return found, refused

    def _watch(self) -> None:
        """Notice when messages wait for one that does not come."""
        now = time.monotonic()
        if not self._store.waiting:
            self._waiting_since = None
        elif self._waiting_since is None:
            self._waiting_since = now

    def ready(self) -> None:
        """Whether what is left now will be taken in.

        Raises:
            Unavailable: what the last write failed with, such as `audit.disk_full`, until one works again.
        """
        if self._failed:
            raise Unavailable(self._failed.code, self._failed.message, retry_after_s=RETRY_AFTER_S)

    def check(self) -> None:
        """Whether the log takes in what comes.

        Raises:
            Unavailable: `audit.records_missing`, when it has waited for over a minute for a message of the stream.
        """
        if self._waiting_since is not None and time.monotonic() - self._waiting_since > MISSING_AFTER_S:
            raise Unavailable(
                "audit.records_missing",
                "Loggen saknar poster som redan är kvitterade. Den verkar vara återställd från en säkerhetskopia; "
                "strömmen behöver läsas om från början.",
            )

    async def content(self, batch: Sequence[Delivered[ContentStored | ContentPinned]]) -> None:
        """Keep parts, and texts that records point to.

        Raises:
            InvalidInput: `part.*`, `pin.mismatch`; then nothing was kept of several messages, and of one that comes
                alone what could be.
        """

        def work() -> None:
            parts: list[StoredPart] = []
            pins: list[StoredPin] = []
            refused: InvalidInput | None = None
            for subject, event in ((each.subject, event) for each in batch for event in contents_of(each.event)):
                try:
                    if isinstance(event, ContentStored):
                        parts += parts_of(event, subject, self._days)
                    else:
                        pins.append(pin_of(event, subject))
                except InvalidInput as error:
                    if len(batch) > 1:
                        raise
                    refused = error
            self._store.keep(parts, pins)
            if refused:
                raise refused

        await self._written(work)

    async def destroy(self, authority: str, pairs: Sequence[tuple[str, str]]) -> Destroyed:
        """Erase content between two batches; see `Log.destroy`."""
        return await self._run(lambda: self._store.destroy(authority, pairs))

    async def destroy_month(self, authority: str, retention: str, month: str) -> Destroyed:
        """Erase content between two batches; see `Log.destroy_month`."""
        return await self._run(lambda: self._store.destroy_month(authority, retention, month))

    async def destroy_keys(self) -> None:
        """Destroy day keys that nothing can need, and keys that a fault kept from an erasure, now and then."""
        while True:
            await self._run(self._store.carry_out_erasures)
            await self._run(self._retire)
            await asyncio.sleep(DESTROY_EVERY_S)

    def _retire(self) -> None:
        try:
            self._days.retire()
        except Unavailable as error:
            log.warning("keys of past days wait: %s", error.code)

    async def _written(self, work: Callable[[], None]) -> None:
        try:
            await self._run(work)
        except Unavailable as error:
            self._failed = error
            raise
        self._failed = None

    async def _run(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
