"""Leave decision records that can be proved and can be forgotten.

A record is a leaf, its public skeleton without personal data, and parts, its content. The leaf holds a salted
commitment to each part, so that a part can be erased and the leaf still proves. Parts are sealed for the audit service
before they leave. Both are durable in JetStream when `Recorder.record` returns: nothing may be said to an asker before
that.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, Union

from allmanning.contracts.audit.v1.audit_pb import ContentPinned, ContentStored, DecisionRecorded
from allmanning.runtime import canonical_json, subjects
from allmanning.runtime.dispatch import Dispatch
from allmanning.runtime.errors import PlatformError, TooLarge, Unavailable
from allmanning.runtime.identity import uuid7
from allmanning.runtime.retention import CLASSES
from allmanning.runtime.sealing import SALT_BYTES, OpenPart, Sealer
from allmanning.runtime.sealing_keys import SealingKeys

if TYPE_CHECKING:
    # The type alone: every command of the terminal tells the time by this file, and few of them need a bus.
    from allmanning.runtime.bus import Bus

Json: TypeAlias = Union[bool, int, float, str, "list[Json]", "Mapping[str, Json]", None]

# C2SP tlog-tiles: an entry's length is a uint16.
MAX_LEAF_BYTES: Final = 65_535
# A message holds 1 MiB.
MAX_CONTENT_BYTES: Final = 900_000
# Whose records go by a subject of their own (`permissions.RECORD_TYPES`).
OWNER: Final = "audit"
NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
"""How decisions and parts may be named: whoever writes a record and the log that reads it agree by this."""
EVALUATION: Final = "evaluation"
"""The channel, on record, of a question by which somebody measures how good the answers are: nobody's use of the
service."""
COMMITMENT_DOMAIN: Final = b"allmanning/commit/v1\x00"


class Content(NamedTuple):
    """What a part holds, and the retention class (`retention.CLASSES`) that says how long it is kept."""

    value: Json
    retention: str = "G1"


class Record(NamedTuple):
    """What a record tells: publicly in its fields, sealed in its parts."""

    type: str
    fields: Mapping[str, Json]
    parts: Mapping[str, Content]


def canonical(value: Json) -> bytes:
    """RFC 8785 canonical JSON: the same value always gives the same bytes.

    Raises:
        ValueError: for NaN, infinities and integers beyond 2^53.
    """
    return canonical_json.canonical(value)


def commitment(salt: bytes, content: bytes) -> str:
    """Base64 SHA-256 that binds to `content` and, without the 32-byte salt, tells nothing of it."""
    return base64.b64encode(hashlib.sha256(COMMITMENT_DOMAIN + salt + content).digest()).decode()


def digest(data: bytes) -> str:
    """`sha256:<hex>`, the form in which records point to texts."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def now() -> str:
    """RFC 3339 UTC with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Recorder:
    """Writes the records of one producer.

    Each leaf carries a counter per authority and the hash of the producer's previous leaf there, so that a missing
    record shows.
    """

    def __init__(self, bus: Bus, producer: str) -> None:
        self._bus = bus
        self._dispatch = Dispatch(bus, subjects.own_recorded if producer == OWNER else subjects.decision_recorded)
        self._producer = f"{producer}-{uuid7()}"
        self._keys = SealingKeys(bus)
        self._last: dict[str, tuple[int, str]] = {}
        self._pinned: set[tuple[str, str]] = set()

    async def record(
        self,
        type: str,
        *,
        authority: str,
        decision_id: str,
        fields: Mapping[str, Json] | None = None,
        parts: Mapping[str, Content] | None = None,
    ) -> str:
        """Leave one record; returns its id once leaf and content are durable.

        Raises:
            Unavailable: `audit.unavailable`. The caller must then say nothing to the asker.
            TooLarge: `record.too_large`, when the content is over 900 kB.
            ValueError: when the leaf is over 65,535 bytes or not canonicalisable, a retention class unknown, or
                `decision_id` no name that the log takes: nothing is told of a record that it would set aside.
        """
        [record] = await self.record_all(
            [Record(type, fields or {}, parts or {})], authority=authority, decision_id=decision_id
        )
        return record

    async def record_all(self, records: Sequence[Record], *, authority: str, decision_id: str) -> list[str]:
        """Leave records in this order, all or none; returns their ids once they are durable. Raises as `record`."""
        if self._dispatch.stalled:
            # The stream is not confirming: a decision that can't be recorded does not begin.
            raise _audit_down()
        opened = [_opened(each.parts) for each in records]
        sealer = await self._sealer(authority) if any(opened) else None
        # No await from here to their way out: two records can't get the same number.
        sequence, previous = self._last.get(authority, (0, ""))
        made: list[tuple[DecisionRecorded, ContentStored | None]] = []
        for each, parts in zip(records, opened, strict=True):
            record_id, time, sequence = uuid7(), now(), sequence + 1
            source: Json = {"producer": self._producer, "pseq": sequence, "pprev": previous}
            leaf = _leaf(each, record_id, authority, decision_id, time, source, parts)
            previous = digest(leaf)
            content = sealer.seal(record_id, time, parts) if sealer and parts else None
            event = DecisionRecorded(id=record_id, authority=authority, decision_id=decision_id, leaf=leaf)
            made.append((event, content))
        self._last[authority] = (sequence, previous)
        try:
            await self._dispatch.leave(made)
        except Unavailable as error:
            raise _audit_down() from error
        return [event.id for event, _ in made]

    async def _sealer(self, authority: str) -> Sealer:
        try:
            return await self._keys.of(authority)
        except PlatformError as error:
            raise _audit_down() from error

    async def pin(self, authority: str, kind: str, content: bytes) -> str:
        """Keep a text that records point to, once per process and authority; returns its `sha256:<hex>`.

        Raises:
            Unavailable: `audit.unavailable`.
        """
        pinned = digest(content)
        if (authority, pinned) not in self._pinned:
            event = ContentPinned(hash=pinned, kind=kind, content=content)
            try:
                await self._bus.publish(
                    subjects.content_pinned(authority), event, message_id=f"pin:{authority}:{pinned}"
                )
            except Unavailable as error:
                raise _audit_down() from error
            self._pinned.add((authority, pinned))
        return pinned


def _leaf(
    record: Record,
    record_id: str,
    authority: str,
    decision_id: str,
    time: str,
    source: Json,
    parts: Sequence[OpenPart],
) -> bytes:
    if not NAME.fullmatch(decision_id):
        raise ValueError("decision_id ska vara 1-64 tecken ur A-Z a-z 0-9 _ . -")
    leaf = canonical(
        {
            **record.fields,
            "v": 1,
            "type": f"se.audit.{record.type}.v1",
            "id": record_id,
            "decision": decision_id,
            "time": time,
            "tenant": authority,
            "src": source,
            "parts": {part.name: {"c": commitment(part.salt, part.content), "ret": part.retention} for part in parts},
        }
    )
    if len(leaf) > MAX_LEAF_BYTES:
        raise ValueError(f"leaf of {len(leaf)} bytes: content belongs in parts")
    return leaf


def _opened(parts: Mapping[str, Content]) -> list[OpenPart]:
    """Salted parts. Raises `TooLarge` and ValueError as `record`."""
    unknown = {part.retention for part in parts.values()} - CLASSES.keys()
    if unknown:
        raise ValueError(f"unknown retention class: {', '.join(sorted(unknown))}")
    opened = [
        OpenPart(name, os.urandom(SALT_BYTES), canonical(part.value), part.retention) for name, part in parts.items()
    ]
    if sum(len(part.content) for part in opened) > MAX_CONTENT_BYTES:
        raise TooLarge("record.too_large", "Frågan med sitt samtal är för lång för att föras till loggen.")
    return opened


def _audit_down() -> Unavailable:
    return Unavailable(
        "audit.unavailable",
        "Beslutsloggen går inte att skriva till just nu, och utan logg lämnas inget svar. Försök igen om en stund.",
        retry_after_s=10,
    )
