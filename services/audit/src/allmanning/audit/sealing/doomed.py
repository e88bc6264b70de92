"""Erasures that the log has decided: ciphertext goes with the record that says so, and its keys right after.

The keys lie in another database. What is to be destroyed is therefore noted where the log is, in the same transaction,
and struck out once the keys are gone: a crash in between only makes it be done again.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from sqlalchemy import delete, select, tuple_
from sqlalchemy.engine import Connection

from allmanning.audit.log.database import Database, upserting
from allmanning.audit.sealing.destruction import Destruction
from allmanning.audit.sealing.schema import doomed, sealed_parts

_CHUNK: Final = 500


def doom(connection: Connection, authority: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Erase the content of (record, retention class) pairs when this transaction commits."""
    wanted = sorted(set(pairs))
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        theirs = tuple_(sealed_parts.c.record, sealed_parts.c.retention).in_(chunk)
        connection.execute(delete(sealed_parts).where(theirs, sealed_parts.c.authority == authority))
        rows = [{"authority": authority, "record": record, "retention": retention} for record, retention in chunk]
        connection.execute(upserting(connection, doomed).on_conflict_do_nothing(), rows)


def carry_out(log: Database, destruction: Destruction) -> None:
    """Destroy the keys of what is doomed. May be broken off and done again.

    Raises:
        Unavailable: as `Destruction.of_records`.
    """
    with log.snapshot() as connection:
        rows = connection.execute(select(doomed).order_by(doomed.c.authority)).all()
    for authority, theirs in groupby(rows, key=lambda row: row.authority):
        pairs = [(row.record, row.retention) for row in theirs]
        destruction.of_records(authority, pairs)
        with log.transaction() as connection:
            for start in range(0, len(pairs), _CHUNK):
                chunk = tuple_(doomed.c.record, doomed.c.retention).in_(pairs[start : start + _CHUNK])
                connection.execute(delete(doomed).where(doomed.c.authority == authority, chunk))
