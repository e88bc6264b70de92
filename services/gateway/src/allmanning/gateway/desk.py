"""What staff keep for themselves and each other beside the log: one SQLite file, `<data_dir>/gateway/desk.db`.

Searches that somebody saved, what they told a document's owner, and the questions by which they measure answers, sealed
as are the answers (`evaluation/sealed.py`). No question that somebody merely asked is here.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T")

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS saved_search (
    id TEXT PRIMARY KEY, authority TEXT NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL,
    shared INTEGER NOT NULL, saved_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS saved_search_of ON saved_search (authority, owner);
CREATE TABLE IF NOT EXISTS report (
    id TEXT PRIMARY KEY, authority TEXT NOT NULL, document TEXT NOT NULL, version TEXT NOT NULL, title TEXT NOT NULL,
    owner_unit TEXT NOT NULL, quote TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, reporter TEXT NOT NULL,
    reported_at TEXT NOT NULL, settled_at TEXT NOT NULL DEFAULT '', answer TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS report_of ON report (authority, settled_at, reported_at);
CREATE TABLE IF NOT EXISTS question_set (
    id TEXT PRIMARY KEY, authority TEXT NOT NULL, name TEXT NOT NULL, revision INTEGER NOT NULL,
    changed_at TEXT NOT NULL, questions TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS evaluation (
    id TEXT PRIMARY KEY, authority TEXT NOT NULL, name TEXT NOT NULL, question_set TEXT NOT NULL,
    set_name TEXT NOT NULL, started_by TEXT NOT NULL, started_at TEXT NOT NULL, asked INTEGER NOT NULL,
    rows TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting', why TEXT NOT NULL DEFAULT '', resumed INTEGER NOT NULL DEFAULT 0,
    ended_at TEXT NOT NULL DEFAULT '', model TEXT NOT NULL DEFAULT '', pins TEXT NOT NULL DEFAULT '{}',
    figures TEXT NOT NULL DEFAULT '{}', questions TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS evaluation_of ON evaluation (authority, started_at);
CREATE UNIQUE INDEX IF NOT EXISTS evaluation_open ON evaluation (authority) WHERE ended_at = '';
CREATE TABLE IF NOT EXISTS evaluation_answer (
    evaluation TEXT NOT NULL, question TEXT NOT NULL, told TEXT NOT NULL, PRIMARY KEY (evaluation, question)
) STRICT, WITHOUT ROWID;
"""


class Desk:
    """The file, opened for each use: it is used a few times a day by each person."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "gateway"

    async def work(self, do: Callable[[sqlite3.Connection], T], *, scrub: bool = False) -> T:
        """What `do` makes of the file, in a transaction of its own.

        `scrub`: nothing that it removes is to be found on the disk afterwards.
        """
        return await asyncio.to_thread(self._work, do, scrub)

    def _work(self, do: Callable[[sqlite3.Connection], T], scrub: bool) -> T:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / "desk.db"
        path.touch(mode=0o600)
        with closing(sqlite3.connect(path, timeout=5.0, isolation_level=None)) as file:
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = FULL")
            # What is removed is overwritten with zeros.
            file.execute("PRAGMA secure_delete = ON")
            file.executescript(_SCHEMA)
            file.execute("BEGIN IMMEDIATE")
            try:
                made = do(file)
            except BaseException:
                # Closing does so only when nobody holds a row of an unfinished query, as an error's frames do.
                file.execute("ROLLBACK")
                raise
            file.execute("COMMIT")
            if scrub:
                # The log of writes still has it.
                file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return made
