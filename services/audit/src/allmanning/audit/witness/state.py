"""What a witness remembers, in SQLite: the logs it knows, the newest checkpoint of each, and what it refused."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from allmanning.audit.log.cosignature import CosignerKey
from allmanning.audit.log.note import VerifierKey
from allmanning.audit.log.vkey import ED25519, Vkey

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS keys (origin TEXT NOT NULL, vkey TEXT NOT NULL, PRIMARY KEY (origin, vkey));
CREATE TABLE IF NOT EXISTS seen (
    origin TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL
);
-- A checkpoint that its log signed and that is no continuation: evidence of a fork.
CREATE TABLE IF NOT EXISTS refused (
    note TEXT PRIMARY KEY,
    origin TEXT NOT NULL,
    at INTEGER NOT NULL,
    seen TEXT NOT NULL
);
"""


class Seen(NamedTuple):
    """The newest checkpoint of a log that was cosigned; size 0 and no note before the first."""

    size: int = 0
    root: bytes = b""
    note: str = ""


class State:
    """The database of a witness. Several processes may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        with self._connection() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(_SCHEMA)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, isolation_level=None, timeout=10)) as db:
            db.execute("PRAGMA synchronous=FULL")
            yield db

    def trust(self, vkey: str, origin: str = "") -> str:
        """Know a log by its key; returns its origin, which is the key's name unless another is given.

        Raises:
            BadNote: when the key is not one that signs checkpoints.
        """
        key = _log_key(vkey)
        with self._connection() as db:
            db.execute("INSERT OR IGNORE INTO keys VALUES (?, ?)", (origin or key.name, str(key)))
        return origin or key.name

    def keys(self, origin: str) -> list[VerifierKey | CosignerKey]:
        """The keys that are trusted for a log; none when it is unknown."""
        with self._connection() as db:
            return [_log_key(row[0]) for row in db.execute("SELECT vkey FROM keys WHERE origin = ?", (origin,))]

    def origins(self) -> list[str]:
        """The logs that are known."""
        with self._connection() as db:
            return [row[0] for row in db.execute("SELECT DISTINCT origin FROM keys ORDER BY origin")]

    def seen(self, origin: str) -> Seen:
        with self._connection() as db:
            return _seen(db, origin)

    def seen_by_hash(self, origin_hash: str) -> Seen:
        """The newest checkpoint of the log whose origin has this SHA-256, in lower-case hex."""
        found = (origin for origin in self.origins() if hashlib.sha256(origin.encode()).hexdigest() == origin_hash)
        return self.seen(next(found, ""))

    @contextmanager
    def advancing(self, origin: str) -> Iterator[Advancing]:
        """Hold a log's newest checkpoint still: nobody else moves it until this ends, and then it is on disk."""
        with self._connection() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield Advancing(db, origin, _seen(db, origin))
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def refuse(self, origin: str, note: str, at: int) -> None:
        """Keep what contradicts the newest checkpoint, beside it."""
        with self._connection() as db:
            seen = _seen(db, origin).note
            db.execute("INSERT OR IGNORE INTO refused VALUES (?, ?, ?, ?)", (note, origin, at, seen))

    def refused(self, origin: str) -> list[str]:
        """The checkpoints of a log that were no continuation, oldest first."""
        with self._connection() as db:
            rows = db.execute("SELECT note FROM refused WHERE origin = ? ORDER BY at, rowid", (origin,))
            return [row[0] for row in rows]


class Advancing(NamedTuple):
    """A log's newest checkpoint, held still."""

    db: sqlite3.Connection
    origin: str
    seen: Seen

    def to(self, seen: Seen) -> None:
        self.db.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", (self.origin, *seen))


def _seen(db: sqlite3.Connection, origin: str) -> Seen:
    row = db.execute("SELECT size, root, note FROM seen WHERE origin = ?", (origin,)).fetchone()
    return Seen(*row) if row else Seen()


def _log_key(text: str) -> VerifierKey | CosignerKey:
    return VerifierKey.parse(text) if Vkey.parse(text).algorithm == ED25519 else CosignerKey.parse(text)
