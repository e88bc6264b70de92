"""Parts at rest, sealed under the key of their record and retention class."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from allmanning.audit.log.bulk import Bulk, Value
from allmanning.audit.log.part import StoredPart
from allmanning.audit.sealing.keyring import Keyring, Slot
from allmanning.audit.sealing.schema import sealed_parts
from allmanning.runtime.record import commitment
from allmanning.runtime.sealing import OpenPart, SealBroken, open_part, seal_part

log = logging.getLogger(__name__)


_CHUNK: Final = 500
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


def open_parts(
    connection: Connection, keyring: Keyring, authority: str, records: Sequence[str], names: Sequence[str] = ()
) -> list[StoredPart]:
    """The parts of records that are not erased, those of some names when they are given. One that was changed where it
    lies is left out, and reported.
    """
    found: list[StoredPart] = []
    for start in range(0, len(records), _CHUNK):
        chunk = records[start : start + _CHUNK]
        query = select(sealed_parts).where(sealed_parts.c.record.in_(chunk), sealed_parts.c.authority == authority)
        rows = connection.execute(query.where(sealed_parts.c.name.in_(names)) if names else query).all()
        keys = keyring.of_records(list(dict.fromkeys(row.record for row in rows))) if rows else {}
        found += (part for row in rows if (part := _opened(row, keys.get((row.record, row.retention)))))
    return found


def _opened(row: Row[tuple[Value, ...]], key: bytes | None) -> StoredPart | None:
    if key is None:
        return None
    try:
        part = open_part(key, row.record, row.authority, row.name, row.retention, bytes(row.sealed))
    except SealBroken:
        log.error("part %s of %s was changed in the database", row.name, row.record)
        return None
    if commitment(part.salt, part.content) != row.commitment:
        return None
    return StoredPart(
        row.record, row.name, row.commitment, row.authority, part.salt, part.content, row.retention, row.month
    )
