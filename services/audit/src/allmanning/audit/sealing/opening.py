"""Open content as it comes, and check that it is what a record can have committed to."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from allmanning.audit.log.leaf import canonical_object
from allmanning.audit.log.part import StoredPart
from allmanning.audit.sealing.day_keys import DayKeys
from allmanning.contracts.audit.v1.audit_pb import ContentStored
from allmanning.runtime import subjects
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import commitment
from allmanning.runtime.sealing import SALT_BYTES, OpenPart, SealBroken

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MONTH: Final = re.compile(r"\d{4}-\d{2}")


def parts_of(event: ContentStored, subject: str, days: DayKeys) -> list[StoredPart]:
    """The parts of an event.

    Raises:
        InvalidInput: `part.mismatch`, `part.seal_broken`, `part.invalid`.
        Unavailable: as `Database.snapshot`.
    """
    if subject != subjects.content_stored(checked_authority(event.authority)):
        raise InvalidInput("part.mismatch", "Innehållet kom på en annan myndighets ämne.")
    month = event.time[:7] if _MONTH.fullmatch(event.time[:7]) else month_of(event.record_id)
    return [_checked(event, part, month) for part in _opened(event, days)]


def _opened(event: ContentStored, days: DayKeys) -> list[OpenPart]:
    if not event.sealing_key:
        # It was on its way when a release that did not seal was replaced.
        return [OpenPart(part.name, part.salt, part.content, part.retention_class) for part in event.parts]
    try:
        return days.open(event)
    except SealBroken as error:
        raise InvalidInput(
            "part.seal_broken", f"Innehållet till posten {event.record_id} går inte att öppna: {error}."
        ) from error


def _checked(event: ContentStored, part: OpenPart, month: str) -> StoredPart:
    named = _NAME.fullmatch(part.name) and _NAME.fullmatch(part.retention)
    # Wrapped, because a part may be any JSON value and not only an object.
    if not named or len(part.salt) != SALT_BYTES or canonical_object(b'{"":' + part.content + b"}") is None:
        raise InvalidInput("part.invalid", f"Delen {part.name} är inte kanonisk JSON med ett salt på 32 byte.")
    committed = commitment(part.salt, part.content)
    return StoredPart(
        event.record_id, part.name, committed, event.authority, part.salt, part.content, part.retention, month
    )


def month_of(record: str) -> str:
    """The month a record was made in, from its UUIDv7 (RFC 9562 §5.7); this month for any other id."""
    try:
        value = UUID(record)
    except ValueError:
        value = UUID(int=0)
    made = datetime.fromtimestamp((value.int >> 80) / 1000, UTC) if value.version == 7 else datetime.now(UTC)
    return made.strftime("%Y-%m")
