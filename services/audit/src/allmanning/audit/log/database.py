"""SQLite the way a log needs it: a commit is on disk when it returns, and readers don't wait for the writer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from allmanning.audit.log.tree import Nodes


def open_database(path: Path, schema: str) -> sqlite3.Connection:
    """Open for writing, making file and tables when they are missing; only this user may read the file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    # Used by one thread at a time, though not always the same one.
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    # Erased content is overwritten, not only unlinked.
    db.execute("PRAGMA secure_delete=ON")
    db.executescript(schema)
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; on disk when it ends."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


@contextmanager
def snapshot(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection that sees one moment of the database throughout."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as db:
        db.execute("BEGIN")
        yield db


class StoredNodes(Nodes):
    """The nodes of one log."""

    def __init__(self, db: sqlite3.Connection, log: int) -> None:
        self._db = db
        self._log = log

    def get(self, level: int, index: int) -> bytes:
        row = self._db.execute(
            "SELECT hash FROM nodes WHERE log = ? AND level = ? AND idx = ?", (self._log, level, index)
        ).fetchone()
        if row is None:
            raise KeyError(level, index)
        value: bytes = row[0]
        return value

    def put(self, level: int, index: int, value: bytes) -> None:
        self._db.execute("INSERT INTO nodes VALUES (?, ?, ?, ?)", (self._log, level, index, value))
