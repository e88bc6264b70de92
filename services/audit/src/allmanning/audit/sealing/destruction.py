"""Erase content by destroying its keys. Leaves, commitments and every proof stay as they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.engine import Connection

from allmanning.audit.log.database import Database, upserting
from allmanning.audit.sealing.erasing import cut_wal, rewrite
from allmanning.audit.sealing.keyring import Keyring
from allmanning.audit.sealing.schema import data_keys, month_keys, sealed_parts

_CHUNK: Final = 500


class Destroyed(NamedTuple):
    """How much an erasure took: keys of a record and class, and sealed parts."""

    keys: int
    parts: int


class Destruction:
    """Destroys keys and the ciphertext under them. Called by the writer's thread only."""

    def __init__(self, keyring: Keyring, log: Database) -> None:
        self._keyring = keyring
        self._log = log

    def of_records(self, authority: str, pairs: Iterable[tuple[str, str]]) -> Destroyed:
        """Destroy the content of (record, retention class) pairs. Pairs that hold nothing now never will.

        The keys go first: a crash in between leaves ciphertext that nobody can open, and doing it again finishes.

        Raises:
            Unavailable: `audit.scrub_waits`, `audit.disk_full`, `audit.database_unavailable`; do it again.
        """
        wanted = sorted(set(pairs))
        keys = parts = 0
        with self._keyring.database.transaction() as connection:
            for chunk in _chunks(wanted):
                mine = (
                    tuple_(data_keys.c.record, data_keys.c.retention).in_(chunk),
                    data_keys.c.authority == authority,
                    data_keys.c.wrapped.is_not(None),
                )
                keys += connection.execute(update(data_keys).where(*mine).values(wrapped=None)).rowcount
                _bar(connection, authority, chunk)
        with self._log.transaction() as connection:
            for chunk in _chunks(wanted):
                theirs = tuple_(sealed_parts.c.record, sealed_parts.c.retention).in_(chunk)
                found = delete(sealed_parts).where(theirs, sealed_parts.c.authority == authority)
                parts += connection.execute(found).rowcount
        self._scrub()
        return Destroyed(keys, parts)

    def of_month(self, authority: str, retention: str, month: str) -> Destroyed:
        """Destroy all content of an authority in a class from a month (`2026-11`); what comes late is not kept.

        Raises:
            Unavailable: as `of_records`.
        """
        name = {"authority": authority, "retention": retention, "month": month}
        with self._keyring.database.transaction() as connection:
            insert = upserting(connection, month_keys).values(**name, wrapped=None)
            connection.execute(insert.on_conflict_do_update(index_elements=list(name), set_={"wrapped": None}))
            mine = [data_keys.c[column] == value for column, value in name.items()]
            left = select(func.count()).select_from(data_keys).where(*mine, data_keys.c.wrapped.is_not(None))
            keys = connection.scalars(left).one()
            connection.execute(update(data_keys).where(*mine).values(wrapped=None))
        with self._log.transaction() as connection:
            theirs = [sealed_parts.c[column] == value for column, value in name.items()]
            parts = connection.execute(delete(sealed_parts).where(*theirs)).rowcount
        self._scrub()
        return Destroyed(keys, parts)

    def _scrub(self) -> None:
        self._keyring.forget_months()
        rewrite(self._keyring.database, data_keys, month_keys)
        cut_wal(self._log)


def _bar(connection: Connection, authority: str, pairs: list[tuple[str, str]]) -> None:
    """Content of these pairs that comes late, or again, is not sealed anew."""
    rows = [
        {"record": record, "retention": retention, "authority": authority, "month": "", "wrapped": None}
        for record, retention in pairs
    ]
    connection.execute(upserting(connection, data_keys).on_conflict_do_nothing(), rows)


def _chunks(pairs: list[tuple[str, str]]) -> Iterable[list[tuple[str, str]]]:
    return (pairs[start : start + _CHUNK] for start in range(0, len(pairs), _CHUNK))
