"""Answers that are kept for a day, in one SQLite file, each sealed with the key of whoever it was given to.

An answer may quote what somebody asked, so that nobody can read it here: it opens with the API key that got it, of
which the platform has only a hash.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from allmanning.runtime.errors import Conflict, PlatformError, Unprocessable
from allmanning.runtime.sealing import decrypted, encrypted

KEPT_S: Final = 24 * 3600.0
# Longer than any request takes: whoever held it is dead.
WORKING_S: Final = 600.0
MOST_EACH: Final = 10_000
MAX_BYTES: Final = 1_000_000

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS answer (
    id BLOB PRIMARY KEY, holder TEXT NOT NULL, request BLOB NOT NULL, at REAL NOT NULL, sealed BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS answer_at ON answer (holder, at);
"""


@dataclass(frozen=True)
class Kept:
    """What was answered."""

    status: int
    media_type: str
    body: bytes


@dataclass(frozen=True)
class Claim:
    """One use of an idempotency key: `id` names it in the file, `request` is what was asked, `holder` who asked.

    `opener` seals the answer and opens it again; it is never written down.
    """

    id: bytes
    holder: str
    request: bytes
    opener: bytes

    @classmethod
    def of(cls, token: str, holder: str, key: str, request: bytes) -> Claim:
        """`token` is the secret that the caller showed."""
        opener = hashlib.sha256(f"idempotency\0{token}\0{key}".encode()).digest()
        return cls(hashlib.sha256(b"id\0" + opener).digest(), holder, request, opener)


class KeptAnswers:
    """Reads and writes the file; each call takes a disk write at most: run them in a thread."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._lock = threading.Lock()
        self._opened: sqlite3.Connection | None = None

    def begin(self, claim: Claim, now: float) -> Kept | None:
        """The answer that the same request got before; None when it is new, and now under way.

        Raises:
            Unprocessable: `idempotency.other_request`. Conflict: `idempotency.in_progress`, `idempotency.too_many`.
        """
        with self._lock:
            database = self._database()
            database.execute(
                "DELETE FROM answer WHERE at < ? OR (sealed IS NULL AND at < ?)", (now - KEPT_S, now - WORKING_S)
            )
            row = database.execute("SELECT request, sealed FROM answer WHERE id = ?", (claim.id,)).fetchone()
            if row is None:
                count = database.execute("SELECT count(*) FROM answer WHERE holder = ?", (claim.holder,)).fetchone()[0]
                if count >= MOST_EACH:
                    raise Conflict(
                        "idempotency.too_many",
                        f"Högst {MOST_EACH} nycklar per dygn. Sänd utan Idempotency-Key. ({MOST_EACH} a day at most.)",
                    )
                added = database.execute(
                    "INSERT OR IGNORE INTO answer VALUES (?, ?, ?, ?, NULL)",
                    (claim.id, claim.holder, claim.request, now),
                ).rowcount
                if added:
                    return None
                row = database.execute("SELECT request, sealed FROM answer WHERE id = ?", (claim.id,)).fetchone()
        if row is None or row[1] is None:
            raise _in_progress()
        if row[0] != claim.request:
            raise _other_request()
        head, _, body = decrypted(claim.opener, row[1], claim.id).partition(b"\n")
        told = json.loads(head)
        return Kept(told["status"], told["media_type"], body)

    def keep(self, claim: Claim, answer: Kept) -> None:
        """Keep what the request was answered."""
        head = json.dumps({"status": answer.status, "media_type": answer.media_type}).encode()
        sealed = encrypted(claim.opener, head + b"\n" + answer.body, claim.id)
        with self._lock:
            self._database().execute("UPDATE answer SET sealed = ? WHERE id = ?", (sealed, claim.id))

    def forget(self, claim: Claim) -> None:
        """The request was refused or failed: the same key may try again."""
        with self._lock:
            self._database().execute("DELETE FROM answer WHERE id = ?", (claim.id,))

    def close(self) -> None:
        if self._opened is not None:
            with closing(self._opened):
                self._opened = None

    def _database(self) -> sqlite3.Connection:
        if self._opened is None:
            folder = self._data_dir / "gateway"
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (folder / "answers.db").touch(mode=0o600)
            self._opened = sqlite3.connect(
                folder / "answers.db", timeout=10.0, isolation_level=None, check_same_thread=False
            )
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
                self._opened.execute(f"PRAGMA {pragma}")
            self._opened.executescript(_SCHEMA)
        return self._opened


def _in_progress() -> PlatformError:
    return Conflict(
        "idempotency.in_progress",
        "Samma anrop pågår redan. Vänta och sänd det igen. (The same request is under way. Wait, and send it again.)",
    )


def _other_request() -> PlatformError:
    return Unprocessable(
        "idempotency.other_request",
        "Nyckeln har använts till ett annat anrop. Använd en ny. (The key was used for another request.)",
    )
