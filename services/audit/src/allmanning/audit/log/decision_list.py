"""The list of decisions, made from the leaves alone."""

from __future__ import annotations

from typing import Final

from sqlalchemy import case, literal, select
from sqlalchemy.engine import Connection

from allmanning.audit.log.database import upserting
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.schema import decisions, leaves

VERSION: Final = 2
TABLES: Final = (decisions,)
# The records that a decision consists of. Every other one tells of what was done with it, or with the log.
STEPS: Final = frozenset(
    {
        "question.received",
        "gate.evaluated",
        "retrieval.done",
        "draft.generated",
        "sentence.released",
        "answer.released",
        "answer.abstained",
        "answer.refused",
        "escalated",
        "review.opened",
        "review.closed",
        "decision.made",
    }
)
# Whether its outcome counts is for the review to say.
_REVIEW_CLOSED: Final = "review.closed"
_TOLD: Final = ("outcome", "rule_id", "channel")


def rule_of(leaf: Leaf) -> str:
    """The rule a record rests on; empty when it names none."""
    return leaf.text("gate", "rule_id") or leaf.text("rule_id")


def apply(connection: Connection, leaf: Leaf) -> None:
    """List the decision with its first record, and what the newest one says of it."""
    if leaf.kind() not in STEPS:
        return
    outcome = "" if leaf.kind() == _REVIEW_CLOSED else leaf.text("outcome")
    row = select(
        leaves.c.authority,
        leaves.c.decision,
        leaves.c.place,
        literal(leaf.time),
        literal(outcome),
        literal(rule_of(leaf)),
        literal(leaf.text("channel")),
    ).where(leaves.c.id == leaf.id)
    insert = upserting(connection, decisions).from_select(["authority", "decision", "place", "opened_at", *_TOLD], row)
    newest = {
        name: case((insert.excluded[name] != "", insert.excluded[name]), else_=decisions.c[name]) for name in _TOLD
    }
    connection.execute(insert.on_conflict_do_update(index_elements=["authority", "decision"], set_=newest))
