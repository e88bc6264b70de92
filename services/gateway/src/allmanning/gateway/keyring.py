"""Who holds a key or a session: the lookups that every request makes."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from allmanning.gateway.keys import ROLES, Authority, Key, digest, open_database

_KEY: Final = "SELECT k.id, k.authority, k.role, k.unit, k.secret, k.operator, k.competences FROM key k"


class Keyring:
    """Reads keys, sessions and authorities. Lookups are by primary key and take microseconds, so they don't wait."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._opened: sqlite3.Connection | None = None

    def warm_up(self) -> None:
        """Open the database."""
        self._opened = open_database(self.data_dir)

    def close(self) -> None:
        """Close the database."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    @property
    def _database(self) -> sqlite3.Connection:
        if self._opened is None:
            raise RuntimeError("warm_up first")
        return self._opened

    def key(self, token: str) -> Key | None:
        """The key that `token` is, unless unknown or revoked."""
        return self._one_key(f"{_KEY} WHERE k.hash = ? AND k.revoked_at = ''", (digest(token),))

    def session_key(self, token: str) -> Key | None:
        """The key that opened the session `token`, unless the session has ended."""
        return self._one_key(
            f"{_KEY} JOIN session s ON s.key_id = k.id WHERE s.hash = ? AND s.expires_at > ? AND k.revoked_at = ''",
            (digest(token), time.time()),
        )

    def _one_key(self, query: str, values: tuple[bytes | float, ...]) -> Key | None:
        row = self._database.execute(query, values).fetchone()
        if row is None:
            return None
        key_id, authority, role, unit, secret, operator, competences = row
        has = tuple(each for each in competences.split(",") if each)
        return Key(key_id, authority, ROLES[role], unit, bool(secret), bool(operator), has)

    def authority(self, authority: str) -> Authority | None:
        """The authority with this id."""
        row = self._database.execute("SELECT id, name, contact FROM authority WHERE id = ?", (authority,)).fetchone()
        return Authority(*row) if row else None

    def first_authority(self) -> Authority | None:
        """The authority that was registered first."""
        row = self._database.execute(
            "SELECT id, name, contact FROM authority ORDER BY created_at, id LIMIT 1"
        ).fetchone()
        return Authority(*row) if row else None

    async def open_session(self, key: Key, hours: float) -> str:
        """A new session of `key`; returns its token, which is stored only as a hash."""
        token = secrets.token_urlsafe(32)
        await asyncio.to_thread(self._insert_session, token, key.id, time.time() + hours * 3600)
        return token

    def _insert_session(self, token: str, key_id: str, expires_at: float) -> None:
        with closing(open_database(self.data_dir)) as database:
            database.execute("DELETE FROM session WHERE expires_at < ?", (time.time(),))
            database.execute("INSERT INTO session VALUES (?, ?, ?)", (digest(token), key_id, expires_at))

    async def end_session(self, token: str) -> None:
        """Forget the session."""
        await asyncio.to_thread(self._delete_session, token)

    def _delete_session(self, token: str) -> None:
        with closing(open_database(self.data_dir)) as database:
            database.execute("DELETE FROM session WHERE hash = ?", (digest(token),))
