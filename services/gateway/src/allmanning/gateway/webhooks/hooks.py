"""The webhooks that authorities have: kept, changed, and disabled when nobody answers for days.

Their secrets are sealed (`seal.py`), each for its webhook alone.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, cast, get_args

from allmanning.gateway.language import marked
from allmanning.gateway.seal import Seal
from allmanning.gateway.webhooks.hook import Hook, Kind, State
from allmanning.gateway.webhooks.signature import SECRET_BYTES, new_secret
from allmanning.runtime.errors import Conflict, NotFound
from allmanning.runtime.identity import uuid7
from allmanning.runtime.sealing import SealBroken

MOST: Final = 20
"""Webhooks of one authority."""

FORMER_S: Final = 24 * 3600.0
"""How long the former secret signs too after a change."""

_REST: Final = "former_until = ?, state = ?, reason = ?, failing_since = ? WHERE id = ?"
_SEALED_FOR: Final = "allmanning/webhook-secret/v1"
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_PAUSED: Final = marked("En administratör har pausat den.")
_LOST: Final = marked(
    "Hemligheten går inte att öppna: nyckelfilen är en annan. Lägg tillbaka den, eller byt hemlighet."
)


class Hooks:
    """Reads and writes webhooks. Calls take a disk write at most: run them in a thread."""

    def __init__(self, database: sqlite3.Connection, lock: threading.Lock, key: bytes) -> None:
        self._database = database
        self._lock = lock
        self._seal = Seal(key, _SEALED_FOR)

    def warm_up(self) -> None:
        """Seal what an earlier release left open, and disable webhooks whose secret was sealed with another key."""
        with self._lock:
            rows = self._database.execute("SELECT * FROM hook").fetchall()
        for row in rows:
            if len(row["secret"]) == SECRET_BYTES:
                self._keep(replace(self._hook(row), secret=row["secret"], former=row["former"]))
            elif not self._opened(row, row["secret"]) and row["state"] == "active":
                self._keep(replace(self._hook(row), state="disabled", reason=_LOST))

    def of(self, authority: str) -> list[Hook]:
        """The authority's webhooks, oldest first."""
        with self._lock:
            rows = self._database.execute("SELECT * FROM hook WHERE authority = ? ORDER BY id", (authority,)).fetchall()
        return [self._hook(row) for row in rows]

    def wanting(self, kind: str) -> set[str]:
        """Authorities with an active webhook that wants this kind of event."""
        with self._lock:
            rows = self._database.execute("SELECT authority, kinds FROM hook WHERE state = 'active'").fetchall()
        return {row["authority"] for row in rows if kind in row["kinds"].split(",")}

    def one(self, authority: str, hook_id: str) -> Hook:
        """Raises NotFound: `webhook.not_found`."""
        with self._lock:
            row = self._database.execute(
                "SELECT * FROM hook WHERE id = ? AND authority = ?", (hook_id, authority)
            ).fetchone()
        if row is None:
            raise NotFound("webhook.not_found", "Myndigheten har ingen sådan webhook. (There is no such webhook.)")
        return self._hook(row)

    def add(self, authority: str, url: str, kinds: Sequence[Kind], now: float) -> Hook:
        """A new webhook with a secret of its own. Raises Conflict: `webhook.too_many`."""
        hook = Hook(uuid7(), authority, url, tuple(kinds), new_secret(), now)
        with self._lock:
            count = self._database.execute("SELECT count(*) FROM hook WHERE authority = ?", (authority,)).fetchone()[0]
            if count >= MOST:
                raise Conflict("webhook.too_many", f"Högst {MOST} webhooks. Ta bort en först. ({MOST} at most.)")
            self._database.execute("INSERT INTO hook VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", self._row(hook))
        return hook

    def change(self, authority: str, hook_id: str, *, url: str, kinds: Sequence[Kind], active: bool | None) -> Hook:
        """Another address, other events, or started again; what was dead stays dead.

        Raises:
            NotFound: as `one`. Conflict: `webhook.secret_lost`, when it can't sign what it would tell.
        """
        hook = self.one(authority, hook_id)
        hook = replace(hook, url=url or hook.url, kinds=tuple(kinds) or hook.kinds)
        if active and not hook.secret:
            raise Conflict("webhook.secret_lost", _LOST)
        if active is not None:
            state: State = "active" if active else "disabled"
            hook = replace(hook, state=state, reason="" if active else _PAUSED, failing_since=0)
        self._keep(hook)
        return hook

    def rotate(self, authority: str, hook_id: str, now: float) -> Hook:
        """A new secret; the former signs too for a day. Raises as `one`."""
        hook = self.one(authority, hook_id)
        hook = replace(hook, secret=new_secret(), former=hook.secret, former_until=now + FORMER_S)
        self._keep(hook)
        return hook

    def remove(self, authority: str, hook_id: str) -> None:
        """Forget a webhook and what it was to be told. Raises as `one`."""
        self.one(authority, hook_id)
        with self._lock:
            self._database.execute("DELETE FROM hook WHERE id = ?", (hook_id,))

    def _keep(self, hook: Hook) -> None:
        with self._lock:
            # A secret that could not be opened stays as it lies: its key may come back.
            secret = "secret = ?, former = ?" if hook.secret else "secret = coalesce(secret, ?, ?)"
            update = f"UPDATE hook SET url = ?, kinds = ?, {secret}, {_REST}"  # noqa: S608 - our own words
            self._database.execute(update, (*self._row(hook)[2:10], hook.id))

    def _hook(self, row: sqlite3.Row) -> Hook:
        return Hook(
            id=row["id"],
            authority=row["authority"],
            url=row["url"],
            kinds=cast("tuple[Kind, ...]", tuple(row["kinds"].split(","))),
            secret=self._opened(row, row["secret"]),
            created_at=row["created_at"],
            former=self._opened(row, row["former"]),
            former_until=row["former_until"],
            state=row["state"],
            reason=row["reason"],
            failing_since=row["failing_since"],
        )

    def _row(self, hook: Hook) -> tuple[str | bytes | float, ...]:
        return (
            hook.id, hook.authority, hook.url, ",".join(hook.kinds), self._sealed(hook, hook.secret),
            self._sealed(hook, hook.former), hook.former_until, hook.state, hook.reason, hook.failing_since,
            hook.created_at,
        )  # fmt: skip

    def _sealed(self, hook: Hook, secret: bytes) -> bytes:
        return self._seal.bytes_sealed(secret, hook.authority, hook.id) if secret else b""

    def _opened(self, row: sqlite3.Row, sealed: bytes) -> bytes:
        """The secret; empty when there is none, or it was sealed with another key."""
        try:
            return self._seal.bytes_opened(sealed, row["authority"], row["id"]) if sealed else b""
        except SealBroken:
            return b""
