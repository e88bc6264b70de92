"""Lists of decisions and reviews, made from the leaves alone: they can always be made again."""

from __future__ import annotations

import sqlite3
from typing import Final

from allmanning.audit.log.leaf import Leaf

REVIEW_OPENED: Final = "review.opened"
REVIEW_CLOSED: Final = "review.closed"
# What a caseworker may do, and what the review's state and the decision's outcome then are.
CLOSINGS: Final = {
    "approve": ("approved", "answered"),
    "edit": ("edited", "answered"),
    "reject": ("rejected", "refused"),
}
# Records of what was done with the log; they open no decision.
_ABOUT_THE_LOG: Final = frozenset({"access.read", "export.made"})
_STATES: Final = frozenset(state for state, _ in CLOSINGS.values())


def rule_of(leaf: Leaf) -> str:
    """The rule a record rests on; empty when it names none."""
    return leaf.text("gate", "rule_id") or leaf.text("rule_id")


def apply(db: sqlite3.Connection, leaf: Leaf) -> None:
    """Take a new leaf into the lists."""
    key = (leaf.authority, leaf.decision)
    if leaf.kind() not in _ABOUT_THE_LOG:
        db.execute(
            "INSERT OR IGNORE INTO decisions (authority, decision, place, opened_at) "
            "SELECT ?, ?, coalesce(sum(size), 0), ? FROM logs WHERE authority = ?",
            (*key, leaf.time, leaf.authority),
        )
    if leaf.kind() == REVIEW_CLOSED:
        state = leaf.text("review", "state")
        closed = db.execute(
            "UPDATE reviews SET state = ?, closed_by = ? WHERE authority = ? AND decision = ? AND state = 'open'",
            (state if state in _STATES else "rejected", leaf.id, *key),
        )
        if not closed.rowcount:
            # The first closing counts; a second one, written in the same instant, changes nothing.
            return
    for column, value in (
        ("outcome", leaf.text("outcome")),
        ("rule_id", rule_of(leaf)),
        ("channel", leaf.text("channel")),
    ):
        if value:
            db.execute(f"UPDATE decisions SET {column} = ? WHERE authority = ? AND decision = ?", (value, *key))  # noqa: S608 -- the names stand above
    if leaf.kind() == REVIEW_OPENED:
        db.execute(
            "INSERT OR IGNORE INTO reviews (authority, decision, opened_at, rule_id) "
            "SELECT authority, decision, ?, rule_id FROM decisions WHERE authority = ? AND decision = ?",
            (leaf.time, *key),
        )
