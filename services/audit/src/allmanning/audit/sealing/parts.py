"""Parts at rest, sealed under the key of their record and retention class."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.engine import Connection

from allmanning.audit.log.database import upserting
from allmanning.audit.log.part import StoredPart
from allmanning.audit.sealing.keyring import Keyring, Slot
from allmanning.audit.sealing.schema import sealed_parts
from allmanning.runtime.record import commitment
from allmanning.runtime.sealing import OpenPart, SealBroken, open_part, seal_part

log = logging.getLogger(__name__)


def seal_parts(keyring: Keyring, parts: Sequence[StoredPart]) -> list[dict[str, str | bytes]]:
    """Rows of `sealed_parts`, with their keys on disk; parts whose keys were destroyed are left out."""
    slots = (Slot(part.record, part.retention, part.authority, part.month) for part in parts)
    keys = keyring.to_seal(slots)
    rows: list[dict[str, str | bytes]] = []
    for part in parts:
        key = keys.get((part.record, part.retention))
        if key is None:
            log.warning("content of %s in class %s was erased before it came", part.record, part.retention)
            continue
        opened = OpenPart(part.name, part.salt, part.content, part.retention)
        rows.append(
            {
                "record": part.record,
                "name": part.name,
                "commitment": part.commitment,
                "authority": part.authority,
                "retention": part.retention,
                "month": part.month,
                "sealed": seal_part(key, part.record, part.authority, opened),
            }
        )
    return rows


def keep_parts(connection: Connection, rows: Iterable[dict[str, str | bytes]]) -> None:
    """What is there already stays as it is."""
    values = list(rows)
    if values:
        connection.execute(upserting(connection, sealed_parts).on_conflict_do_nothing(), values)


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
