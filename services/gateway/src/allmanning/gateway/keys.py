"""API keys and authorities, in one SQLite file that the gateway reads and the command line writes too.

A key is 256 random bits, so a plain SHA-256 of it can be stored and looked up: there is nothing to guess, and the
time a lookup takes tells only of a hash that nobody chooses.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from allmanning.gateway.signin.change_note import note_key
from allmanning.gateway.signin.grant import GRANT_COLUMNS, Grant, check_grant, granted_in
from allmanning.gateway.signin.schema import create_tables
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.identity import checked_authority, uuid7
from allmanning.runtime.record import now

PREFIX: Final = "alm_"
MAX_LABEL_CHARS: Final = 100

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS authority (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, contact TEXT NOT NULL DEFAULT '', created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS key (
    hash BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE, authority TEXT NOT NULL REFERENCES authority(id),
    role TEXT NOT NULL, unit TEXT NOT NULL, secret INTEGER NOT NULL, operator INTEGER NOT NULL,
    created_at TEXT NOT NULL, revoked_at TEXT NOT NULL DEFAULT '', competences TEXT NOT NULL DEFAULT '',
    owner TEXT NOT NULL DEFAULT '', label TEXT NOT NULL DEFAULT '', used_on TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
"""
# What a database of an earlier release lacks.
_ADDED: Final = ("competences", "owner", "label", "used_on")
KEY_COLUMNS: Final = f"{GRANT_COLUMNS}, operator, owner, label, created_at, used_on"


@dataclass(frozen=True)
class Authority:
    """A tenant: its identifier, the name people know it by, and how they reach a person there."""

    id: str
    name: str
    contact: str


@dataclass(frozen=True)
class Key(Grant):
    """What a key allows. `owner` is whoever made it, all the way up: the account or key that a chain of keys began
    with; empty for a key that a command on the machine made.

    An `operator` key belongs to whoever runs the platform: it may also create keys for other authorities.
    """

    operator: bool = False
    owner: str = ""
    label: str = ""
    created_at: str = ""
    used_on: str = field(default="", compare=False)

    @property
    def actor(self) -> str:
        """Whoever made a key answers for it: a person and their keys are one person where two are needed."""
        return self.owner or self.id


def key_of(row: sqlite3.Row) -> Key:
    """The key in a row of `KEY_COLUMNS`."""
    return Key(
        **granted_in(row),
        operator=bool(row["operator"]),
        owner=row["owner"],
        label=row["label"],
        created_at=row["created_at"],
        used_on=row["used_on"],
    )


def digest(token: str) -> bytes:
    """What is stored of a key or a session."""
    return hashlib.sha256(token.encode()).digest()


def open_database(data_dir: Path) -> sqlite3.Connection:
    """The key database below `data_dir`, created when missing. The caller closes it."""
    folder = data_dir / "gateway"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "keys.db").touch(mode=0o600)
    database = sqlite3.connect(folder / "keys.db", timeout=5.0, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("PRAGMA foreign_keys = ON")
    database.row_factory = sqlite3.Row
    database.executescript(_SCHEMA)
    known = {row["name"] for row in database.execute("PRAGMA table_info(key)")}
    for column in _ADDED:
        if column not in known:
            # Two processes may find it so at once.
            with contextlib.suppress(sqlite3.OperationalError):
                database.execute(f"ALTER TABLE key ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
    create_tables(database)
    return database


@contextmanager
def writing(data_dir: Path) -> Iterator[sqlite3.Connection]:
    """A transaction of its own: all of it is on disk afterwards, or nothing."""
    with closing(open_database(data_dir)) as database:
        database.execute("BEGIN IMMEDIATE")
        # Without a COMMIT, closing rolls back.
        yield database
        database.execute("COMMIT")


def put_authority(data_dir: Path, authority: str, name: str, contact: str = "") -> Authority:
    """Register an authority, or change its name and contact.

    Raises:
        InvalidInput: `authority.invalid`.
    """
    checked_authority(authority)
    with writing(data_dir) as database:
        database.execute(
            "INSERT INTO authority (id, name, contact, created_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET name = excluded.name, contact = excluded.contact",
            (authority, name, contact, now()),
        )
    return Authority(authority, name, contact)


def is_registered(data_dir: Path, authority: str) -> bool:
    """Whether the authority is known here."""
    with closing(open_database(data_dir)) as database:
        return database.execute("SELECT 1 FROM authority WHERE id = ?", (authority,)).fetchone() is not None


def create_key(
    data_dir: Path,
    authority: str,
    role: str,
    *,
    unit: str = "",
    secret: bool = False,
    operator: bool = False,
    competences: Sequence[str] = (),
    label: str = "",
    by: Grant | None = None,
) -> str:
    """Create a key and return it; it can't be read again. An authority not yet registered is, under its id as name.

    `by` is who makes it, and acts with it: a key made with a key is of whoever made that one. Nobody: a command on the
    machine, whose keys are each of a person of their own.

    Raises:
        InvalidInput: `authority.invalid`; `field.invalid` for an unknown role, secret clearance without a unit, a
            competence that is no single word, or a label over 100 characters.
    """
    check_grant(authority, role, unit=unit, secret=secret, competences=competences)
    if operator and role != "admin":
        raise InvalidInput("field.invalid", "En driftsnyckel ska ha rollen admin.")
    if len(label) > MAX_LABEL_CHARS:
        raise InvalidInput("field.invalid", f"Beskriv nyckeln med högst {MAX_LABEL_CHARS} tecken.")
    token, key_id = PREFIX + secrets.token_urlsafe(32), uuid7()
    with writing(data_dir) as database:
        database.execute(
            "INSERT INTO authority (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
            (authority, authority, now()),
        )
        database.execute(
            "INSERT INTO key (hash, id, authority, role, unit, secret, operator, created_at, competences, owner, label)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                digest(token),
                key_id,
                authority,
                role,
                unit,
                int(secret),
                int(operator),
                now(),
                ",".join(competences),
                by.actor if by else "",
                label,
            ),
        )
        note_key(database, "created", key_id, authority, role, by)
    return token


def revoke_key(data_dir: Path, authority: str, key_id: str, by: Grant | None = None) -> bool:
    """End a key and every session opened with it; False when the authority has no such key in use."""
    with writing(data_dir) as database:
        ended = database.execute(
            "UPDATE key SET revoked_at = ? WHERE id = ? AND authority = ? AND revoked_at = '' RETURNING role",
            (now(), key_id, authority),
        ).fetchone()
        if ended is not None:
            database.execute("UPDATE session SET ended = 1 WHERE key_id = ?", (key_id,))
            note_key(database, "revoked", key_id, authority, ended["role"], by)
        return ended is not None
