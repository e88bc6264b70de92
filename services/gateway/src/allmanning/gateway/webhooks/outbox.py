"""What is to be told whom: written to disk before the event is acknowledged, and taken out as it is told.

Nothing is lost when the process dies in between: an event that was not written comes again, and one that was is told
by the next process. It may then be told twice, under the same `webhook-id`.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Sequence
from typing import Final, Literal

from allmanning.gateway.language import marked
from allmanning.gateway.webhooks.hook import Delivery, Happened, Hook

# Waits before the second attempt, the third …: the last of them comes after a day and a half.
RETRY_AFTER_S: Final = (5.0, 60.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 72_000.0)
# Nothing has got through for so long: whoever received is gone.
DISABLED_AFTER_S: Final = 5 * 86_400.0
# A process that took a delivery and died lets it go after this.
LEASE_S: Final = 30.0
KEPT_S: Final = 30 * 86_400.0
_NOT_REACHED: Final = marked(
    "Ingen leverans har gått fram på fem dygn. Se leveransloggen, rätta mottagaren och slå på den igen."
)

_GONE: Final = marked("Mottagaren svarade att den är borta (410).")


class Outbox:
    """Deliveries. Calls take a disk write at most: run them in a thread."""

    def __init__(self, database: sqlite3.Connection, lock: threading.Lock) -> None:
        self._database = database
        self._lock = lock

    def put(self, events: Sequence[Happened], now: float) -> None:
        """Keep each event for each active webhook of its authority that wants it; one that came before is kept once."""
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            for each in events:
                rows = self._database.execute(
                    "SELECT id, kinds FROM hook WHERE authority = ? AND state = 'active'", (each.authority,)
                ).fetchall()
                for row in rows:
                    if each.kind in row["kinds"].split(","):
                        self._insert(row["id"], each, now)

    def put_for(self, hook: Hook, event: Happened, now: float) -> None:
        """Keep an event for one webhook."""
        with self._lock:
            self._insert(hook.id, event, now)

    def _insert(self, hook: str, event: Happened, now: float) -> None:
        told = {"type": event.kind, "timestamp": event.at, "data": {"authority": event.authority, **event.data}}
        body = json.dumps(told, separators=(",", ":")).encode()
        self._database.execute(
            "INSERT OR IGNORE INTO delivery (hook, id, kind, body, state, attempts, created_at, next_at, status, error)"
            " VALUES (?, ?, ?, ?, 'waiting', 0, ?, ?, 0, '')",
            (hook, event.id, event.kind, body, now, now),
        )

    def take(self, now: float, most: int) -> list[Delivery]:
        """Those that are due, oldest first; no other process takes them for a while."""
        with self._lock:
            rows = self._database.execute(
                "UPDATE delivery SET next_at = ? WHERE number IN ("
                "SELECT d.number FROM delivery d JOIN hook h ON h.id = d.hook WHERE d.state = 'waiting'"
                " AND d.next_at <= ? AND h.state = 'active' ORDER BY d.number LIMIT ?) RETURNING *",
                (now + LEASE_S, now, most),
            ).fetchall()
        return [_delivery(row) for row in rows]

    def told(self, delivery: Delivery, status: int, now: float) -> None:
        """The receiver has it."""
        with self._lock:
            self._settle(delivery, "delivered", now, status, "")
            self._database.execute("UPDATE hook SET failing_since = 0 WHERE id = ?", (delivery.hook,))

    def failed(self, delivery: Delivery, status: int, error: str, now: float, *, gone: bool = False) -> None:
        """The receiver does not have it: it is tried again later, and is dead after the last attempt.

        A webhook that nothing has got through to for days is disabled, and at once when its receiver says `gone` (410).
        """
        last = delivery.attempts >= len(RETRY_AFTER_S)
        state: Literal["waiting", "dead"] = "dead" if last or gone else "waiting"
        wait_s = 0.0 if last else RETRY_AFTER_S[delivery.attempts]
        with self._lock:
            self._settle(delivery, state, now + wait_s, status, error)
            self._database.execute(
                "UPDATE hook SET failing_since = ? WHERE id = ? AND failing_since = 0", (now, delivery.hook)
            )
            self._database.execute(
                "UPDATE hook SET state = 'disabled', reason = ? WHERE id = ? AND state = 'active'"
                " AND (? OR failing_since < ?)",
                (
                    _GONE if gone else _NOT_REACHED,
                    delivery.hook,
                    gone,
                    now - DISABLED_AFTER_S,
                ),
            )

    def _settle(self, delivery: Delivery, state: str, next_at: float, status: int, error: str) -> None:
        self._database.execute(
            "UPDATE delivery SET state = ?, attempts = attempts + 1, next_at = ?, status = ?, error = ?"
            " WHERE hook = ? AND id = ?",
            (state, next_at, status, error, delivery.hook, delivery.id),
        )

    def of(self, hook: Hook, limit: int) -> list[Delivery]:
        """The newest deliveries of a webhook."""
        with self._lock:
            rows = self._database.execute(
                "SELECT * FROM delivery WHERE hook = ? ORDER BY number DESC LIMIT ?", (hook.id, limit)
            ).fetchall()
        return [_delivery(row) for row in rows]

    def hook_of(self, delivery: Delivery) -> sqlite3.Row | None:
        """The authority and id of a delivery's webhook."""
        with self._lock:
            found: sqlite3.Row | None = self._database.execute(
                "SELECT authority, id FROM hook WHERE id = ?", (delivery.hook,)
            ).fetchone()
        return found

    def tidy(self, now: float) -> None:
        """Forget what was told, or given up, a month ago."""
        with self._lock:
            self._database.execute("DELETE FROM delivery WHERE state != 'waiting' AND created_at < ?", (now - KEPT_S,))


def _delivery(row: sqlite3.Row) -> Delivery:
    return Delivery(**{name: row[name] for name in row.keys() if name != "number"})  # noqa: SIM118 - a Row's own
