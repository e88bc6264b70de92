"""The review queue, made from the leaves alone."""

from __future__ import annotations

from typing import Final

from sqlalchemy import literal, select, update
from sqlalchemy.engine import Connection

from allmanning.audit.log.database import upserting
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.schema import decisions
from allmanning.audit.review.schema import reviews

VERSION: Final = 1
TABLES: Final = (reviews,)
REVIEW_OPENED: Final = "review.opened"
REVIEW_CLOSED: Final = "review.closed"
# What a caseworker may do, and what the review's state and the decision's outcome then are.
CLOSINGS: Final = {
    "approve": ("approved", "answered"),
    "edit": ("edited", "answered"),
    "reject": ("rejected", "refused"),
}
_STATES: Final = frozenset(state for state, _ in CLOSINGS.values())


def apply(connection: Connection, leaf: Leaf) -> None:
    """Open or close a review; the decision is listed already."""
    if leaf.kind() == REVIEW_OPENED:
        _open(connection, leaf)
    elif leaf.kind() == REVIEW_CLOSED:
        _close(connection, leaf)


def _open(connection: Connection, leaf: Leaf) -> None:
    listed = select(decisions.c.authority, decisions.c.decision, literal(leaf.time), decisions.c.rule_id).where(
        decisions.c.authority == leaf.authority, decisions.c.decision == leaf.decision
    )
    columns = ["authority", "decision", "opened_at", "rule_id"]
    connection.execute(upserting(connection, reviews).from_select(columns, listed).on_conflict_do_nothing())


def _close(connection: Connection, leaf: Leaf) -> None:
    state = leaf.text("review", "state")
    closed = connection.execute(
        update(reviews)
        .where(reviews.c.authority == leaf.authority, reviews.c.decision == leaf.decision, reviews.c.state == "open")
        .values(state=state if state in _STATES else "rejected", closed_by=leaf.id)
    )
    # The first closing counts; a second one, written in the same instant, changes nothing.
    if closed.rowcount and leaf.text("outcome"):
        connection.execute(
            update(decisions)
            .where(decisions.c.authority == leaf.authority, decisions.c.decision == leaf.decision)
            .values(outcome=leaf.text("outcome"))
        )
