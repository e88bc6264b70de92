"""Content that an earlier release left in the clear: sealed, and overwritten where it lay."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, select

from allmanning.audit.log.database import Database
from allmanning.audit.log.part import StoredPart
from allmanning.audit.log.schema import parts
from allmanning.audit.sealing.erasing import rewrite
from allmanning.audit.sealing.keyring import Keyring
from allmanning.audit.sealing.opening import month_of
from allmanning.audit.sealing.parts import keep_parts, seal_parts

_CHUNK: Final = 500


def seal_earlier(log: Database, keyring: Keyring) -> int:
    """Seal what is left in `parts`; returns how many there were. May be broken off and done again."""
    sealed = 0
    while True:
        with log.snapshot() as connection:
            rows = connection.execute(select(parts).limit(_CHUNK)).all()
        if not rows:
            break
        found = [
            StoredPart(
                row.record,
                row.name,
                row.commitment,
                row.authority,
                bytes(row.salt),
                bytes(row.content),
                row.retention,
                month_of(row.record),
            )
            for row in rows
        ]
        kept = seal_parts(keyring, found)
        with log.transaction() as connection:
            keep_parts(connection, kept)
            for part in found:
                connection.execute(
                    delete(parts).where(
                        parts.c.record == part.record,
                        parts.c.name == part.name,
                        parts.c.commitment == part.commitment,
                    )
                )
        sealed += len(found)
    if sealed:
        rewrite(log, parts)
    return sealed
