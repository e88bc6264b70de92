"""The keys that producers seal with on the way here: a new pair each day, gone when nothing can need it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Select, delete, select

from allmanning.audit.log.database import new_only
from allmanning.audit.sealing.erasing import rewrite
from allmanning.audit.sealing.keyring import Keyring
from allmanning.audit.sealing.schema import sealing_keys
from allmanning.contracts.audit.v1.audit_pb import ContentStored
from allmanning.runtime.sealing import OpenPart, SealBroken, SealingKey, open_content, producer_key
from allmanning.runtime.streams import CONTENT_MAX_AGE

# A day for the use of a key, and one for clocks that differ and for producers that had to try again.
KEPT: Final = CONTENT_MAX_AGE + timedelta(days=2)
# A producer makes six an hour for each authority.
MAX_PRODUCERS: Final = 4_096


def _public(authority: str, day: str) -> Select[bytes]:
    return select(sealing_keys.c.public).where(sealing_keys.c.authority == authority, sealing_keys.c.day == day)


def _day(key_id: str) -> str:
    return key_id.partition("/")[2]


class DayKeys:
    """Makes, keeps and destroys the pairs."""

    def __init__(self, keyring: Keyring, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._keyring = keyring
        self._now = now
        self._opened: dict[str, X25519PrivateKey] = {}
        # Producers' own keys, by authority, day's key and how they came.
        self._producers: dict[tuple[str, str, bytes], bytes] = {}

    def newest(self, authority: str) -> tuple[SealingKey, float]:
        """Today's public key, and for how many seconds it is today's. On disk before it is handed out.

        Raises:
            Unavailable: `audit.disk_full`, `audit.database_unavailable`.
        """
        now = self._now()
        day = now.date().isoformat()
        with self._keyring.database.snapshot() as connection:
            public = connection.scalar(_public(authority, day))
        if public is None:
            public = self._make(authority, day)
        tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return SealingKey(f"{authority}/{day}", bytes(public)), (tomorrow - now).total_seconds()

    def _make(self, authority: str, day: str) -> bytes:
        private = X25519PrivateKey.generate()
        row = {
            "authority": authority,
            "day": day,
            "public": private.public_key().public_bytes_raw(),
            "private": self._keyring.under_root(private.private_bytes_raw(), "day", authority, day),
        }
        with self._keyring.database.transaction() as connection:
            # Somebody else may have asked in the same instant: the first pair counts.
            connection.execute(new_only(connection.dialect.name, sealing_keys), row)
            return bytes(connection.scalars(_public(authority, day)).one())

    def open(self, event: ContentStored) -> list[OpenPart]:
        """The parts of a sealed event.

        Raises:
            SealBroken: when it was changed, sealed for another authority, or its key is destroyed.
        """
        private = self._private(event.authority, event.sealing_key)
        if not event.producer_key:
            # It was on its way when a release that encapsulated for every record was replaced.
            return open_content(private, event)
        name = (event.authority, event.sealing_key, event.producer_key)
        producer = self._producers.get(name)
        if producer is None:
            if len(self._producers) >= MAX_PRODUCERS:
                self._producers.clear()
            producer = self._producers[name] = producer_key(private, event)
        return open_content(private, event, producer)

    def _private(self, authority: str, key_id: str) -> X25519PrivateKey:
        if key_id not in self._opened:
            owner, _, day = key_id.partition("/")
            query = select(sealing_keys.c.private).where(sealing_keys.c.authority == owner, sealing_keys.c.day == day)
            with self._keyring.database.snapshot() as connection:
                wrapped = connection.scalar(query)
            if owner != authority or wrapped is None:
                raise SealBroken("förseglad med en nyckel som inte finns")
            raw = self._keyring.from_root(bytes(wrapped), "day", owner, day)
            self._opened[key_id] = X25519PrivateKey.from_private_bytes(raw)
        return self._opened[key_id]

    def retire(self) -> int:
        """Destroy the private halves that no content in the stream can need; returns how many."""
        oldest = (self._now() - KEPT).date().isoformat()
        with self._keyring.database.transaction() as connection:
            gone = connection.execute(delete(sealing_keys).where(sealing_keys.c.day < oldest)).rowcount
        self._opened = {name: key for name, key in self._opened.items() if _day(name) >= oldest}
        self._producers = {name: key for name, key in self._producers.items() if _day(name[1]) >= oldest}
        if gone:
            rewrite(self._keyring.database, sealing_keys)
        return gone
