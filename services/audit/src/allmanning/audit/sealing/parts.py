"""Parts at rest, sealed under the key of their record and retention class."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import Connection

from allmanning.audit.log.bulk import Bulk, Value
from allmanning.audit.log.part import StoredPart
from allmanning.audit.sealing.keyring import Keyring, Slot
from allmanning.audit.sealing.schema import sealed_parts
from allmanning.runtime.record import commitment
from allmanning.runtime.sealing import OpenPart, SealBroken, open_part, seal_part

log = logging.getLogger(__name__)


_KEPT: Final = Bulk.new_only(sealed_parts)


def seal_parts(keyring: Keyring, parts: Sequence[StoredPart]) -> list[tuple[Value, ...]]:
    """Rows of `sealed_parts`, with their keys on disk; parts whose keys were destroyed are left out."""
    slots = (Slot(part.record, part.retention, part.authority, part.month) for part in parts)
    keys = keyring.to_seal(slots)
    rows: list[tuple[Value, ...]] = []
    for part in parts:
        key = keys.get((part.record, part.retention))
        if key is None:
            log.warning("content of %s in class %s was erased before it came", part.record, part.retention)
            continue
        opened = OpenPart(part.name, part.salt, part.content, part.retention)
        sealed = seal_part(key, part.record, part.authority, opened)
        rows.append((part.record, part.name, part.commitment, part.authority, part.retention, part.month, sealed))
    return rows


def keep_parts(connection: Connection, rows: Sequence[tuple[Value, ...]]) -> None:
    """What is there already stays as it is."""
    _KEPT.run(connection, rows)


def open_parts(connection: Connection, keyring: Keyring, authority: str, record: str) -> list[StoredPart]:
    """The parts of a record that are not erased. One that was changed where it lies is left out, and reported."""
    query = select(sealed_parts).where(sealed_parts.c.record == record, sealed_parts.c.authority == authority)
    rows = connection.execute(query).all()
    keys = keyring.of_record(record) if rows else {}
    found: list[StoredPart] = []
    for row in rows:
        key = keys.get(row.retention)
        if key is None:
            continue
        try:
            part = open_part(key, record, authority, row.name, row.retention, bytes(row.sealed))
        except SealBroken:
            log.error("part %s of %s was changed in the database", row.name, record)
            continue
        if commitment(part.salt, part.content) == row.commitment:
            found.append(
                StoredPart(
                    record, row.name, row.commitment, authority, part.salt, part.content, row.retention, row.month
                )
            )
    return found
