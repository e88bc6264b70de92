"""Sign-ins under way: what we must remember between two of a browser's requests, bound to that browser.

Each is taken once and lasts minutes: a challenge, a state or a half-done sign-in that comes again is worth nothing.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from allmanning.gateway.keys import digest, open_database, writing

LASTS_S: Final = 600.0


class Ceremonies:
    """Begins and takes them. The token is the browser's, in a cookie; only its hash is here."""

    def __init__(self, data_dir: Path, clock: Callable[[], float] = time.time) -> None:
        self._data_dir = data_dir
        self._clock = clock

    async def begin(self, kind: str, facts: Mapping[str, str]) -> str:
        """Remember `facts`; returns the token."""
        token = secrets.token_urlsafe(32)

        def write() -> None:
            with writing(self._data_dir) as database:
                database.execute("DELETE FROM ceremony WHERE expires_at < ?", (self._clock(),))
                database.execute(
                    "INSERT INTO ceremony VALUES (?, ?, ?, ?)",
                    (digest(token), kind, json.dumps(dict(facts)), self._clock() + LASTS_S),
                )

        await asyncio.to_thread(write)
        return token

    async def look(self, kind: str, token: str) -> dict[str, str] | None:
        """The facts, without taking them: for what may be tried again, such as a code."""

        def read() -> str | None:
            with closing(open_database(self._data_dir)) as database:
                row = database.execute(
                    "SELECT facts FROM ceremony WHERE hash = ? AND kind = ? AND expires_at > ?",
                    (digest(token), kind, self._clock()),
                ).fetchone()
                return str(row["facts"]) if row else None

        return _facts(await asyncio.to_thread(read) if token else None)

    async def take(self, kind: str, token: str) -> dict[str, str] | None:
        """The facts, once; None when there are none for this token, of this kind, in time."""

        def write() -> str | None:
            with writing(self._data_dir) as database:
                row = database.execute(
                    "DELETE FROM ceremony WHERE hash = ? AND kind = ? AND expires_at > ? RETURNING facts",
                    (digest(token), kind, self._clock()),
                ).fetchone()
                return str(row["facts"]) if row else None

        return _facts(await asyncio.to_thread(write) if token else None)


def _facts(found: str | None) -> dict[str, str] | None:
    return {str(key): str(value) for key, value in json.loads(found).items()} if found is not None else None
