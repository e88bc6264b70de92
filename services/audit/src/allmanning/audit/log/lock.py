"""What each log has ever signed, in a file of its own.

A log that is restored from a backup has forgotten records that it has vouched for. If it went on signing, it would
tell two stories under one name. The lock remembers: it moves before a signature is made, and a log that does not
contain what the lock says is not signed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from allmanning.audit.log.database import open_database, transaction
from allmanning.audit.log.refusal import SigningRefused
from allmanning.runtime.errors import Unavailable

_SCHEMA: Final = "CREATE TABLE IF NOT EXISTS lock (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL);"


class Lock:
    """One row per log: the largest size it has signed, and the root then."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None

    def open(self) -> None:
        self._db = open_database(self._path, _SCHEMA)

    def close(self) -> None:
        if self._db:
            self._db.close()
            self._db = None

    def advance(self, origin: str, size: int, signed: int, root_at: Callable[[int], bytes]) -> None:
        """Move the lock to `size`, on disk, after checking that the log still contains all that was signed.

        `signed` is the size that the log itself remembers to have signed; `root_at` gives the log's root at a size.

        Raises:
            SigningRefused: `audit.log_behind_lock` (a restored backup), `audit.log_forked`, `audit.lock_behind_log`.
        """
        if self._db is None:
            raise Unavailable("audit.unavailable", "Beslutsloggen är inte öppnad.")
        with transaction(self._db):
            row = self._db.execute("SELECT size, root FROM lock WHERE origin = ?", (origin,)).fetchone()
            locked, root = row or (0, b"")
            if locked < signed:
                raise SigningRefused(
                    "audit.lock_behind_log",
                    f"Låsfilen för {origin} är äldre än loggen: den har {locked} poster, loggen har undertecknat "
                    f"{signed}. Lägg tillbaka rätt låsfil.",
                )
            if locked > size:
                raise SigningRefused(
                    "audit.log_behind_lock",
                    f"Loggen {origin} har {size} poster men har redan undertecknat {locked}. Den verkar vara "
                    "återställd från en säkerhetskopia. Inget undertecknas förrän de saknade posterna är inlästa.",
                )
            if locked and root_at(locked) != root:
                raise SigningRefused(
                    "audit.log_forked",
                    f"De första {locked} posterna i loggen {origin} är inte de som undertecknades. Inget undertecknas.",
                )
            if locked < size:
                self._db.execute("INSERT OR REPLACE INTO lock VALUES (?, ?, ?)", (origin, size, root_at(size)))
