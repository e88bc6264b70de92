"""Sessions, on the server: the browser holds a random token, and what it stands for can be ended from here.

A session ends after a time without use, at the latest after a working day, when its account or key ends, and when a
person ends it. Ended ones are known for a day more, so that a form sent a moment too late is kept for whoever sent it.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import sqlite3
import time
from collections.abc import Callable
from typing import Final

from allmanning.gateway.keys import KEY_COLUMNS, digest, key_of, writing
from allmanning.gateway.signin.account import COLUMNS, Account, account_of
from allmanning.gateway.signin.database import KeyDatabase
from allmanning.gateway.signin.grant import Grant
from allmanning.gateway.signin.session import Method, Session
from allmanning.runtime.identity import uuid7

# How long a proof of who somebody is stands for what can't be undone.
FRESH_S: Final = 600.0
_REMEMBERED_S: Final = 86_400.0
# Written at most this often: a minute more or less of idling is nothing.
_SEEN_EVERY_S: Final = 60.0
_LIVE: Final = "ended = 0 AND expires_at > ? AND seen_at > ?"


class Sessions:
    """Opens, finds and ends sessions. Finding is by primary key and takes microseconds, so it doesn't wait."""

    def __init__(
        self, database: KeyDatabase, *, idle_s: float, lasts_s: float, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._idle_s = idle_s
        self.lasts_s = lasts_s
        self._clock = clock

    def find(self, token: str) -> Session | None:
        """The session that `token` is of, unless it has ended in any way. Finding it counts as use."""
        now = self._clock()
        query = f"SELECT * FROM session WHERE hash = ? AND {_LIVE}"  # noqa: S608 - our own words
        row = self._row(query, digest(token), now, now - self._idle_s)
        found = self._session(row) if row else None
        if found is not None and now - found.seen_at > _SEEN_EVERY_S:
            # Somebody else may be writing; then the next use says it.
            with contextlib.suppress(sqlite3.OperationalError):
                self._database.brief.execute("UPDATE session SET seen_at = ? WHERE id = ?", (now, found.id))
        return found

    def is_fresh(self, session: Session) -> bool:
        """Whether the person proved who they are recently enough for what can't be undone."""
        return self._clock() - session.fresh_at < FRESH_S

    def actor_of(self, token: str) -> str:
        """Whose session this is or was; empty when it is not known (any more)."""
        row = self._row("SELECT * FROM session WHERE hash = ?", digest(token))
        holder = self._holder(row) if row else None
        return holder.actor if holder else ""

    def of(self, holder: Grant) -> list[Session]:
        """The holder's sessions that have not ended, latest first."""
        now = self._clock()
        column = "account_id" if isinstance(holder, Account) else "key_id"
        rows = self._database.reading.execute(
            f"SELECT * FROM session WHERE {column} = ? AND {_LIVE} ORDER BY opened_at DESC",  # noqa: S608 - our own words
            (holder.id, now, now - self._idle_s),
        )
        return [found for row in rows if (found := self._session(row)) is not None]

    async def open(
        self, holder: Grant, method: Method, device: str, *, instead_of: str = "", claimed_two: bool = False
    ) -> tuple[str, Session]:
        """A new session and its token, which is stored only as a hash. The one it replaces, by token, ends."""
        token, now = secrets.token_urlsafe(32), self._clock()
        session = Session(uuid7(), holder, method, device, now, now, now, now + self.lasts_s, claimed_two)
        await asyncio.to_thread(self._insert, digest(token), session, digest(instead_of))
        return token, session

    def _insert(self, hashed: bytes, session: Session, replaced: bytes) -> None:
        account = session.holder.id if isinstance(session.holder, Account) else None
        key = None if account else session.holder.id
        with writing(self._database.data_dir) as database:
            database.execute("DELETE FROM session WHERE expires_at < ?", (self._clock() - _REMEMBERED_S,))
            database.execute("DELETE FROM session WHERE hash = ?", (replaced,))
            database.execute(
                "INSERT INTO session (hash, id, key_id, account_id, method, device, opened_at, seen_at, fresh_at,"
                " expires_at, claimed_two) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    hashed,
                    session.id,
                    key,
                    account,
                    session.method,
                    session.device,
                    session.opened_at,
                    session.seen_at,
                    session.fresh_at,
                    session.expires_at,
                    session.claimed_two,
                ),
            )

    async def renew(self, session: Session, method: Method | None = None, *, claimed_two: bool = False) -> str:
        """A new token for a session whose person has just proved who they are; it lasts no longer than before.

        `method`, `claimed_two`: how, when that is more than the session began with.
        """
        token = secrets.token_urlsafe(32)
        await self._write(
            "UPDATE session SET hash = ?, fresh_at = ?, seen_at = ?, method = ?, claimed_two = ? WHERE id = ?",
            digest(token),
            self._clock(),
            self._clock(),
            method or session.method,
            claimed_two or session.claimed_two,
            session.id,
        )
        return token

    async def end(self, token: str) -> None:
        """End the session of this token."""
        await self._write("UPDATE session SET ended = 1 WHERE hash = ?", digest(token))

    async def end_of(self, holder: Grant, *, session_id: str = "", but: str = "") -> None:
        """End the holder's sessions: one by its id, or all but one."""
        column = "account_id" if isinstance(holder, Account) else "key_id"
        await self._write(
            f"UPDATE session SET ended = 1 WHERE {column} = ? AND (? = '' OR id = ?) AND id <> ?",  # noqa: S608 - as above
            holder.id,
            session_id,
            session_id,
            but,
        )

    async def _write(self, statement: str, *values: bytes | float | str) -> None:
        def write() -> None:
            with writing(self._database.data_dir) as database:
                database.execute(statement, values)

        await asyncio.to_thread(write)

    def _row(self, query: str, *values: bytes | float) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._database.reading.execute(query, values).fetchone()
        return row

    def _session(self, row: sqlite3.Row) -> Session | None:
        holder = self._holder(row)
        if holder is None:
            return None
        return Session(
            id=row["id"],
            holder=holder,
            method=row["method"],
            device=row["device"],
            opened_at=row["opened_at"],
            seen_at=row["seen_at"],
            fresh_at=row["fresh_at"],
            expires_at=row["expires_at"],
            claimed_two=bool(row["claimed_two"]),
        )

    def _holder(self, row: sqlite3.Row) -> Grant | None:
        """The key or account, unless it has ended."""
        if row["account_id"]:
            query = f"SELECT {COLUMNS} FROM account WHERE id = ? AND disabled_at = ''"  # noqa: S608 - as above
            found = self._database.reading.execute(query, (row["account_id"],)).fetchone()
            return account_of(found) if found else None
        query = f"SELECT {KEY_COLUMNS} FROM key WHERE id = ? AND revoked_at = ''"  # noqa: S608 - as above
        found = self._database.reading.execute(query, (row["key_id"],)).fetchone()
        return key_of(found) if found else None
