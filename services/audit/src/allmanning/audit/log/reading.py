"""What can be read from the log. Every call sees one moment of it and never waits for the writer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from allmanning.audit.log.database import StoredNodes, snapshot
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.store import StoredPart, StoredPin
from allmanning.audit.log.tree import Tree

MAX_PAGE: Final = 200


class LogState(NamedTuple):
    """One log: how many leaves it has, how many of them its newest checkpoint covers, and that checkpoint."""

    id: int
    origin: str
    period: str
    size: int
    signed: int
    note: str


@dataclass(frozen=True)
class Placed:
    """A leaf and where it stands."""

    log: LogState
    index: int
    leaf: Leaf

    @property
    def signed(self) -> bool:
        return self.index < self.log.signed


class ListedDecision(NamedTuple):
    """A line in the list of decisions; `place` counts the authority's records from 1."""

    decision: str
    opened_at: str
    outcome: str
    rule_id: str
    channel: str
    place: int


class ListedReview(NamedTuple):
    """A line in the review queue."""

    decision: str
    opened_at: str
    rule_id: str
    state: str
    closed_by: str


@dataclass(frozen=True)
class Reading:
    """One authority's records at one moment."""

    db: sqlite3.Connection
    authority: str

    def logs(self) -> list[LogState]:
        """The authority's logs, oldest first."""
        rows = self.db.execute(
            "SELECT id, origin, period, size, signed, note FROM logs WHERE authority = ? ORDER BY period",
            (self.authority,),
        )
        return [LogState(*row) for row in rows]

    def tree(self, log: LogState) -> Tree:
        return Tree(StoredNodes(self.db, log.id), log.size)

    def leaves(self, log: LogState, size: int) -> Iterator[Leaf]:
        """The first `size` leaves of a log."""
        rows = self.db.execute("SELECT data FROM leaves WHERE log = ? AND idx < ? ORDER BY idx", (log.id, size))
        return (Leaf.stored(row[0]) for row in rows)

    def records(self, decision: str) -> list[Placed]:
        """The records of a decision, in the order of the log."""
        logs = {log.id: log for log in self.logs()}
        rows = self.db.execute(
            "SELECT log, idx, data FROM leaves WHERE authority = ? AND decision = ?", (self.authority, decision)
        ).fetchall()
        found = [Placed(logs[log], index, Leaf.stored(data)) for log, index, data in rows]
        return sorted(found, key=lambda each: (each.log.period, each.index))

    def parts(self, leaf: Leaf) -> Mapping[str, StoredPart]:
        """The parts of a record that are there and are what the leaf committed to."""
        rows = self.db.execute("SELECT * FROM parts WHERE record = ? AND authority = ?", (leaf.id, self.authority))
        parts = (StoredPart(*row) for row in rows)
        return {
            part.name: part
            for part in parts
            if part.name in leaf.parts and leaf.parts[part.name].commitment == part.commitment
        }

    def pins(self) -> list[StoredPin]:
        rows = self.db.execute("SELECT * FROM pins WHERE authority = ? ORDER BY hash", (self.authority,))
        return [StoredPin(*row) for row in rows]

    def decisions(self, outcome: str, limit: int, before: int) -> tuple[list[ListedDecision], int]:
        """Newest first, those before a place (0: all), and how many there are in all."""
        where, values = "authority = ?", [self.authority]
        if outcome:
            where, values = f"{where} AND outcome = ?", [*values, outcome]
        [total] = self.db.execute(f"SELECT count(*) FROM decisions WHERE {where}", values).fetchone()  # noqa: S608 -- written here
        rows = self.db.execute(
            "SELECT decision, opened_at, outcome, rule_id, channel, place FROM decisions "  # noqa: S608 -- written here
            f"WHERE {where} AND (? = 0 OR place < ?) ORDER BY place DESC LIMIT ?",
            (*values, before, before, min(limit or 50, MAX_PAGE)),
        )
        return [ListedDecision(*row) for row in rows], total

    def reviews(self, state: str, limit: int, decision: str = "") -> list[ListedReview]:
        """Oldest first; `state` empty means open, `all` means every one."""
        rows = self.db.execute(
            "SELECT decision, opened_at, rule_id, state, closed_by FROM reviews "
            "WHERE authority = ? AND (? = 'all' OR state = ?) AND (? = '' OR decision = ?) ORDER BY opened_at LIMIT ?",
            (self.authority, state, state or "open", decision, decision, min(limit or 50, MAX_PAGE)),
        )
        return [ListedReview(*row) for row in rows]


@contextmanager
def reading(path: Path, authority: str) -> Iterator[Reading]:
    """Read one authority's records."""
    with snapshot(path) as db:
        yield Reading(db, authority)
