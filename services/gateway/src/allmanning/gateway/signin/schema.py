"""The tables of accounts and sessions, in the same file as the keys.

Tokens are 256 random bits and stored as SHA-256: there is nothing to guess. Passwords are stored as Argon2id. A TOTP
secret must be read to check a code, so it is sealed (totp_seal.py), in a file that only the service's user may read.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import Final

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS account (
    id TEXT PRIMARY KEY, authority TEXT NOT NULL REFERENCES authority(id), name TEXT NOT NULL,
    issuer TEXT NOT NULL DEFAULT '', subject TEXT NOT NULL, role TEXT NOT NULL, unit TEXT NOT NULL DEFAULT '',
    secret INTEGER NOT NULL DEFAULT 0, competences TEXT NOT NULL DEFAULT '', password TEXT NOT NULL DEFAULT '',
    totp TEXT NOT NULL DEFAULT '', totp_step INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL,
    used_on TEXT NOT NULL DEFAULT '', disabled_at TEXT NOT NULL DEFAULT '', UNIQUE (authority, issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session (
    hash BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    key_id TEXT REFERENCES key(id), account_id TEXT REFERENCES account(id),
    method TEXT NOT NULL, device TEXT NOT NULL, opened_at REAL NOT NULL, seen_at REAL NOT NULL,
    fresh_at REAL NOT NULL, expires_at REAL NOT NULL, ended INTEGER NOT NULL DEFAULT 0,
    claimed_two INTEGER NOT NULL DEFAULT 0,
    CHECK ((key_id IS NULL) <> (account_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ceremony (
    hash BLOB PRIMARY KEY, kind TEXT NOT NULL, facts TEXT NOT NULL, expires_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept_form (
    hash BLOB PRIMARY KEY, actor TEXT NOT NULL, sealed BLOB NOT NULL, expires_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attempt (
    hash BLOB PRIMARY KEY, failures INTEGER NOT NULL, closed_until REAL NOT NULL, last_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS device (
    hash BLOB NOT NULL, actor TEXT NOT NULL, seen_at REAL NOT NULL, PRIMARY KEY (hash, actor)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recovery_code (
    account_id TEXT NOT NULL REFERENCES account(id), hash BLOB NOT NULL, PRIMARY KEY (account_id, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passkey (
    id BLOB PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account(id), public_key BLOB NOT NULL,
    uses INTEGER NOT NULL, label TEXT NOT NULL, created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS untold (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, authority TEXT NOT NULL, fields TEXT NOT NULL, actor TEXT NOT NULL,
    subject TEXT NOT NULL, taken_until REAL NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS invitation (
    hash BLOB PRIMARY KEY, account_id TEXT NOT NULL UNIQUE REFERENCES account(id), expires_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
"""


def create_tables(database: sqlite3.Connection) -> None:
    """Make what is missing. Sessions of an earlier release end: they don't say when somebody last proved who it is."""
    columns = {row[1] for row in database.execute("PRAGMA table_info(session)")}
    if columns and "fresh_at" not in columns:
        database.execute("DROP TABLE IF EXISTS session")
    elif columns and "claimed_two" not in columns:
        # Two processes may find it so at once.
        with contextlib.suppress(sqlite3.OperationalError):
            database.execute("ALTER TABLE session ADD COLUMN claimed_two INTEGER NOT NULL DEFAULT 0")
    database.executescript(_SCHEMA)
