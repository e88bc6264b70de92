"""The webhooks and what is to be told them, in one SQLite file beside the keys."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS hook (
    id TEXT PRIMARY KEY, authority TEXT NOT NULL, url TEXT NOT NULL, kinds TEXT NOT NULL, secret BLOB NOT NULL,
    former BLOB NOT NULL, former_until REAL NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
    failing_since REAL NOT NULL, created_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivery (
    number INTEGER PRIMARY KEY AUTOINCREMENT, hook TEXT NOT NULL REFERENCES hook(id) ON DELETE CASCADE,
    id TEXT NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
    created_at REAL NOT NULL, next_at REAL NOT NULL, status INTEGER NOT NULL, error TEXT NOT NULL, UNIQUE (hook, id)
) STRICT;
CREATE INDEX IF NOT EXISTS delivery_next ON delivery (next_at) WHERE state = 'waiting';
"""


def open_webhooks(data_dir: Path) -> sqlite3.Connection:
    """The database, created when missing; what is committed is on disk. The caller closes it."""
    folder = data_dir / "gateway"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "webhooks.db").touch(mode=0o600)
    database = sqlite3.connect(folder / "webhooks.db", timeout=10.0, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        database.execute(f"PRAGMA {pragma}")
    database.row_factory = sqlite3.Row
    database.executescript(_SCHEMA)
    return database
