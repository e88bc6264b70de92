"""Public channels: which web sites may ask on whose behalf, and how much a day.

A channel's key stands in the page for everybody to read. It opens nothing but questions as a citizen, from the listed
origins, up to a number a day. Browsers send the origin truthfully; other programs need not, and so the quota is what
holds them.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.gateway.keys import open_database
from allmanning.gateway.signin.change_note import note_key
from allmanning.gateway.signin.grant import Grant
from allmanning.runtime.errors import Busy, Forbidden, InvalidInput
from allmanning.runtime.identity import checked_authority, uuid7
from allmanning.runtime.record import now
from allmanning.runtime.swedish_day import today

PREFIX: Final = "pub_"
PER_DAY: Final = 2_000
MOST_ORIGINS: Final = 50
_ROLE: Final = "citizen"

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS channel (
    key TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, authority TEXT NOT NULL, origins TEXT NOT NULL,
    per_day INTEGER NOT NULL, created_at TEXT NOT NULL, revoked_at TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS channel_use (
    id TEXT NOT NULL, day TEXT NOT NULL, questions INTEGER NOT NULL, PRIMARY KEY (id, day)
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Channel:
    """A channel in use. `origins` are scheme, host and port, as browsers send them."""

    key: str
    id: str
    authority: str
    origins: tuple[str, ...]
    per_day: int
    created_at: str

    @property
    def principal(self) -> Principal:
        return Principal(
            authority=self.authority,
            role=Role.CITIZEN,
            channel="citizen",
            clearances=[Secrecy.OPEN],
            key_id=self.id,
        )


@contextmanager
def _opened(data_dir: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_database(data_dir)) as database:
        database.executescript(_SCHEMA)
        database.execute("BEGIN IMMEDIATE")
        # Without a COMMIT, closing rolls back.
        yield database
        database.execute("COMMIT")


def checked_origin(written: str) -> str:
    """An origin as browsers send it: `https://www.exempelby.se`.

    Raises:
        InvalidInput: `channel.origin`.
    """
    parts = urlsplit(written.strip())
    host = parts.hostname or ""
    insecure = parts.scheme == "http" and host not in {"localhost", "127.0.0.1"}
    if parts.scheme not in {"http", "https"} or not host or "*" in host or insecure:
        raise InvalidInput(
            "channel.origin",
            "Skriv webbplatsens adress med https, till exempel https://www.exempelby.se. (Write an https address.)",
        )
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def create_channel(
    data_dir: Path, authority: str, origins: Sequence[str], per_day: int = PER_DAY, by: Grant | None = None
) -> Channel:
    """A new channel for these web sites. `by` nobody: a command on the machine made it.

    Raises:
        InvalidInput: `authority.invalid`, `channel.origin`, `channel.quota_invalid`.
    """
    checked_authority(authority)
    listed = tuple(dict.fromkeys(checked_origin(each) for each in origins))
    if not listed or len(listed) > MOST_ORIGINS:
        raise InvalidInput("channel.origin", f"Ange 1–{MOST_ORIGINS} webbplatser. (Name 1 to {MOST_ORIGINS} origins.)")
    if per_day < 1:
        raise InvalidInput("channel.quota_invalid", "Antalet frågor om dagen ska vara minst 1. (At least 1 a day.)")
    made = Channel(PREFIX + secrets.token_urlsafe(18), uuid7(), authority, listed, per_day, now())
    with _opened(data_dir) as database:
        database.execute(
            "INSERT INTO channel (key, id, authority, origins, per_day, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            (made.key, made.id, authority, json.dumps(listed), per_day, made.created_at),
        )
        note_key(database, "created", made.id, authority, _ROLE, by)
    return made


def channels_of(data_dir: Path, authority: str) -> list[tuple[Channel, int]]:
    """Channels in use, newest first, and how many questions came by each today."""
    with _opened(data_dir) as database:
        rows = database.execute(
            "SELECT c.*, COALESCE(u.questions, 0) AS used FROM channel c LEFT JOIN channel_use u ON u.id = c.id"
            " AND u.day = ? WHERE c.authority = ? AND c.revoked_at = '' ORDER BY c.created_at DESC",
            (today().isoformat(), authority),
        ).fetchall()
    return [(_channel(row), row["used"]) for row in rows]


def revoke_channel(data_dir: Path, authority: str, channel: str, by: Grant | None = None) -> bool:
    """End a channel; False when the authority has no such channel in use."""
    with _opened(data_dir) as database:
        ended = database.execute(
            "UPDATE channel SET revoked_at = ? WHERE id = ? AND authority = ? AND revoked_at = ''",
            (now(), channel, authority),
        )
        if ended.rowcount:
            note_key(database, "revoked", channel, authority, _ROLE, by)
        return ended.rowcount > 0


def listed(data_dir: Path, key: str, origin: str) -> Channel:
    """The channel of a page at `origin`, for what is no question and so not counted.

    Raises:
        Forbidden: `channel.unknown`, `channel.origin_refused`.
    """
    with _opened(data_dir) as database:
        return _of_page(database, key, origin)


def admitted(data_dir: Path, key: str, origin: str) -> Channel:
    """The channel of a question from a page at `origin`, which is counted.

    Raises:
        Forbidden: `channel.unknown`, `channel.origin_refused`. Busy: `channel.quota`.
    """
    with _opened(data_dir) as database:
        channel = _of_page(database, key, origin)
        # One statement: two questions at once can't both be the last one.
        taken = database.execute(
            "INSERT INTO channel_use (id, day, questions) VALUES (?, ?, 1) ON CONFLICT (id, day)"
            " DO UPDATE SET questions = questions + 1 WHERE questions < ?",
            (channel.id, today().isoformat(), channel.per_day),
        )
        if not taken.rowcount:
            raise Busy("channel.quota", "Dagens frågor är slut här. Fråga på myndighetens egen sida i stället.")
        return channel


def _of_page(database: sqlite3.Connection, key: str, origin: str) -> Channel:
    row = database.execute("SELECT * FROM channel WHERE key = ? AND revoked_at = ''", (key,)).fetchone()
    if row is None:
        raise Forbidden("channel.unknown", "Nyckeln data-key är okänd eller återkallad.")
    channel = _channel(row)
    if origin not in channel.origins:
        raise Forbidden("channel.origin_refused", "Den här webbplatsen får inte visa tjänsten.")
    return channel


def _channel(row: sqlite3.Row) -> Channel:
    return Channel(
        row["key"], row["id"], row["authority"], tuple(json.loads(row["origins"])), row["per_day"], row["created_at"]
    )
