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
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.identity import checked_authority, uuid7
from allmanning.runtime.record import now

PREFIX: Final = "alm_"
MAX_COMPETENCE_CHARS: Final = 60

ROLES: Final = {
    "citizen": Role.CITIZEN,
    "caseworker": Role.CASEWORKER,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMIN,
}

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS authority (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, contact TEXT NOT NULL DEFAULT '', created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS key (
    hash BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE, authority TEXT NOT NULL REFERENCES authority(id),
    role TEXT NOT NULL, unit TEXT NOT NULL, secret INTEGER NOT NULL, operator INTEGER NOT NULL,
    created_at TEXT NOT NULL, revoked_at TEXT NOT NULL DEFAULT '', competences TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session (
    hash BLOB PRIMARY KEY, key_id TEXT NOT NULL REFERENCES key(id), expires_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Authority:
    """A tenant: its identifier, the name people know it by, and how they reach a person there."""

    id: str
    name: str
    contact: str


@dataclass(frozen=True)
class Key:
    """What a key allows. `id` is its pseudonym in records; `secret` adds SECRET to a caseworker's clearances.

    An `operator` key belongs to whoever runs the platform: it may also create keys for other authorities.
    """

    id: str
    authority: str
    role: Role
    unit: str = ""
    secret: bool = False
    operator: bool = False
    # What the holder is competent to review, as the rules name it.
    competences: tuple[str, ...] = ()

    def principal(self, channel: str) -> Principal:
        """The asker this key stands for, coming in through `channel` ("internal" or "api").

        A citizen's channel is always "citizen": the rules for citizens hold whichever client they use.
        """
        return Principal(
            authority=self.authority,
            role=self.role,
            channel="citizen" if self.role is Role.CITIZEN else channel,
            unit=self.unit,
            clearances=self._clearances(),
            key_id=self.id,
            competences=list(self.competences),
        )

    def _clearances(self) -> list[Secrecy]:
        if self.role is Role.CITIZEN:
            return [Secrecy.OPEN]
        if self.role is Role.CASEWORKER and self.secret:
            return [Secrecy.OPEN, Secrecy.INTERNAL, Secrecy.SECRET]
        return [Secrecy.OPEN, Secrecy.INTERNAL]


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
    database.executescript(_SCHEMA)
    if "competences" not in {row[1] for row in database.execute("PRAGMA table_info(key)")}:
        # A database of an earlier release; two processes may find it so at once.
        with contextlib.suppress(sqlite3.OperationalError):
            database.execute("ALTER TABLE key ADD COLUMN competences TEXT NOT NULL DEFAULT ''")
    return database


@contextmanager
def _writing(data_dir: Path) -> Iterator[sqlite3.Connection]:
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
    with _writing(data_dir) as database:
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
) -> str:
    """Create a key and return it; it can't be read again. An authority not yet registered is, under its id as name.

    Raises:
        InvalidInput: `authority.invalid`; `field.invalid` for an unknown role, secret clearance without a unit, or a
            competence that is no single word.
    """
    checked_authority(authority)
    if any(
        not each or len(each) > MAX_COMPETENCE_CHARS or any(not c.isprintable() or c in ", " for c in each)
        for each in competences
    ):
        raise InvalidInput("field.invalid", "En kompetens ska vara ett ord, till exempel jurist. (A single word.)")
    if role not in ROLES:
        raise InvalidInput("field.invalid", f"Rollen ska vara en av: {', '.join(ROLES)}.")
    if secret and (role != "caseworker" or not unit):
        raise InvalidInput("field.invalid", "Sekretessbehörighet kräver rollen caseworker och en enhet.")
    if operator and role != "admin":
        raise InvalidInput("field.invalid", "En driftsnyckel ska ha rollen admin.")
    token = PREFIX + secrets.token_urlsafe(32)
    with _writing(data_dir) as database:
        database.execute(
            "INSERT INTO authority (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
            (authority, authority, now()),
        )
        database.execute(
            "INSERT INTO key (hash, id, authority, role, unit, secret, operator, created_at, competences)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (digest(token), uuid7(), authority, role, unit, int(secret), int(operator), now(), ",".join(competences)),
        )
    return token


def revoke_key(data_dir: Path, authority: str, key_id: str) -> bool:
    """End a key and every session opened with it; False when the authority has no such key in use."""
    with _writing(data_dir) as database:
        ended = database.execute(
            "UPDATE key SET revoked_at = ? WHERE id = ? AND authority = ? AND revoked_at = ''",
            (now(), key_id, authority),
        )
        database.execute("DELETE FROM session WHERE key_id = ?", (key_id,))
        return ended.rowcount > 0
