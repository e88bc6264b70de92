"""The keys of the content: a root over a key for each month, over a key for each record and retention class."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.engine import URL, Connection

from allmanning.audit.log.bulk import Bulk, Value
from allmanning.audit.log.database import Database, upserting
from allmanning.audit.sealing.root_key import read_root_key, root_key_missing
from allmanning.audit.sealing.schema import data_keys, keys, month_keys, root
from allmanning.runtime.errors import Unavailable
from allmanning.runtime.sealing import KEY_BYTES, SealBroken, bound, decrypted, encrypted

_PROBE: Final = b"allmanning/root/v1"
_CHUNK: Final = 500
_MADE: Final = Bulk.insert(data_keys)
_LEFT: Final = (
    select(data_keys, month_keys.c.wrapped.label("month_wrapped"))
    .join_from(
        data_keys,
        month_keys,
        (month_keys.c.authority == data_keys.c.authority)
        & (month_keys.c.retention == data_keys.c.retention)
        & (month_keys.c.month == data_keys.c.month),
    )
    .where(data_keys.c.wrapped.is_not(None), month_keys.c.wrapped.is_not(None))
)


class Slot(NamedTuple):
    """What a data key is for, and which month's key wraps it."""

    record: str
    retention: str
    authority: str
    month: str


class Keyring:
    """Hands out data keys. Writing methods are called by one thread at a time."""

    def __init__(self, url: URL, root_file: Path) -> None:
        self.database = Database("keys", url, keys)
        self._root_file = root_file
        self._root: bytes | None = None
        # Month keys in the clear, for the writer.
        self._months: dict[tuple[str, str, str], bytes] = {}

    def open(self) -> None:
        """Open the database, and check that the root key is the one it was made with.

        Raises:
            Unavailable: `audit.root_key_missing`, and as `Database.open`.
        """
        self.database.open()
        with self.database.transaction() as connection:
            probe = connection.scalar(select(root.c.sealed))
            self._root = read_root_key(self._root_file, new=probe is None)
            if probe is None:
                connection.execute(upserting(connection, root).values(one=1, sealed=self.under_root(_PROBE, "probe")))
            else:
                self.from_root(bytes(probe), "probe")

    def close(self) -> None:
        self.database.close()
        self._root = None
        self._months.clear()

    def under_root(self, key: bytes, *words: str) -> bytes:
        """A key sealed with the root key for what `words` say."""
        return encrypted(self._opened_root, key, bound("allmanning/under-root/v1", *words))

    def from_root(self, wrapped: bytes, *words: str) -> bytes:
        """Raises Unavailable: `audit.root_key_missing`."""
        try:
            return decrypted(self._opened_root, wrapped, bound("allmanning/under-root/v1", *words))
        except SealBroken as error:
            raise root_key_missing() from error

    @property
    def _opened_root(self) -> bytes:
        if self._root is None:
            raise Unavailable("audit.unavailable", "Beslutsloggen är inte öppnad.")
        return self._root

    def to_seal(self, slots: Iterable[Slot]) -> Mapping[tuple[str, str], bytes]:
        """Data keys by record and class, on disk; made where there is none, left out where it was destroyed."""
        wanted = list({(slot.record, slot.retention): slot for slot in slots}.values())
        found: dict[tuple[str, str], bytes] = {}
        try:
            with self.database.transaction() as connection:
                for start in range(0, len(wanted), _CHUNK):
                    found |= self._to_seal(connection, wanted[start : start + _CHUNK])
        except BaseException:
            # A month's key that is not on disk must wrap nothing.
            self._months.clear()
            raise
        return found

    def _to_seal(self, connection: Connection, wanted: list[Slot]) -> dict[tuple[str, str], bytes]:
        query = select(data_keys).where(data_keys.c.record.in_({slot.record for slot in wanted}))
        known = {(row.record, row.retention): row for row in connection.execute(query)}
        found: dict[tuple[str, str], bytes] = {}
        made: list[tuple[Value, ...]] = []
        for slot in wanted:
            row = known.get((slot.record, slot.retention))
            if row:
                # The month that the key was first made in counts.
                month = self._month(connection, row.authority, row.retention, row.month)
                if row.wrapped is not None and month is not None and row.authority == slot.authority:
                    found[slot.record, slot.retention] = _unwrapped(month, Slot(*row[:4]), row.wrapped)
                continue
            month = self._month(connection, slot.authority, slot.retention, slot.month)
            if month is not None:
                key = os.urandom(KEY_BYTES)
                found[slot.record, slot.retention] = key
                made.append((*slot, encrypted(month, key, _belongs_to(slot))))
        _MADE.run(connection, made)
        return found

    def _month(self, connection: Connection, authority: str, retention: str, month: str) -> bytes | None:
        """The key of a month, made when there is none; None when it was destroyed."""
        name = (authority, retention, month)
        if name not in self._months:
            row = connection.execute(
                select(month_keys.c.wrapped).where(
                    month_keys.c.authority == authority,
                    month_keys.c.retention == retention,
                    month_keys.c.month == month,
                )
            ).one_or_none()
            if row is not None and row.wrapped is None:
                return None
            if row is None:
                key = os.urandom(KEY_BYTES)
                values = dict(zip(("authority", "retention", "month"), name, strict=True))
                insert = upserting(connection, month_keys)
                connection.execute(insert.values(**values, wrapped=self.under_root(key, "month", *name)))
                self._months[name] = key
            else:
                self._months[name] = self.from_root(bytes(row.wrapped), "month", *name)
        return self._months[name]

    def forget_months(self) -> None:
        """After keys were destroyed: none of them stays in memory."""
        self._months.clear()

    def of_records(self, records: Sequence[str]) -> Mapping[tuple[str, str], bytes]:
        """The data keys of records that are left, by record and retention class. From any thread."""
        found: dict[tuple[str, str], bytes] = {}
        months: dict[tuple[str, str, str], bytes] = {}
        with self.database.snapshot() as connection:
            for start in range(0, len(records), _CHUNK):
                for row in connection.execute(_LEFT.where(data_keys.c.record.in_(records[start : start + _CHUNK]))):
                    name = (row.authority, row.retention, row.month)
                    if name not in months:
                        months[name] = self.from_root(bytes(row.month_wrapped), "month", *name)
                    found[row.record, row.retention] = _unwrapped(months[name], Slot(*row[:4]), row.wrapped)
        return found

    def count(self) -> int:
        """How many data keys there are that were not destroyed."""
        with self.database.snapshot() as connection:
            query = select(func.count()).select_from(data_keys).where(data_keys.c.wrapped.is_not(None))
            number: int = connection.scalars(query).one()
            return number


def _belongs_to(slot: Slot) -> bytes:
    return bound("allmanning/data-key/v1", *slot)


def _unwrapped(month: bytes, slot: Slot, wrapped: bytes) -> bytes:
    return decrypted(month, bytes(wrapped), _belongs_to(slot))
