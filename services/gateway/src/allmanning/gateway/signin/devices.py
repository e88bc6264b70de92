"""Browsers that somebody has signed in from before, by a random cookie.

A sign-in from another is told of as new. And whoever guesses at a person's password elsewhere can't lock that person
out: a known browser is counted on its own (throttle.py; OWASP, device cookies).
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from allmanning.gateway.keys import digest, writing
from allmanning.gateway.signin.database import KeyDatabase

_YEAR_S: Final = 365 * 86_400.0


class Devices:
    """Knows pairs of a browser and a person, for a year after their last sign-in together."""

    lasts_s = _YEAR_S

    def __init__(self, database: KeyDatabase, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._data_dir: Path = database.data_dir
        self._clock = clock

    def knows(self, actor: str, token: str) -> bool:
        """Whether this person has signed in from the browser that holds the token."""
        query = "SELECT 1 FROM device WHERE hash = ? AND actor = ? AND seen_at > ?"
        values = (digest(token), actor, self._clock() - _YEAR_S)
        return bool(token) and self._database.reading.execute(query, values).fetchone() is not None

    async def seen(self, actor: str, token: str) -> tuple[str, bool]:
        """Remember a sign-in; returns the browser's token, new when it had none, and whether the pair was known."""
        known = self.knows(actor, token)
        token = token or secrets.token_urlsafe(32)

        def write() -> None:
            with writing(self._data_dir) as database:
                database.execute("DELETE FROM device WHERE seen_at < ?", (self._clock() - _YEAR_S,))
                database.execute(
                    "INSERT INTO device VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at",
                    (digest(token), actor, self._clock()),
                )

        await asyncio.to_thread(write)
        return token, known
