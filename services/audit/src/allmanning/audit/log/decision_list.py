"""The list of decisions, made from the leaves alone."""

from __future__ import annotations

from functools import cache
from typing import Final

from sqlalchemy import String, bindparam, case, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from allmanning.audit.log.database import inserting
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
    if leaf.kind() in STEPS:
        connection.execute(_upsert(connection.dialect.name), _values(leaf))


def _values(leaf: Leaf) -> dict[str, str]:
    return {
        "leaf": leaf.id,
        "opened_at": leaf.time,
        "outcome": "" if leaf.kind() == _REVIEW_CLOSED else leaf.text("outcome"),
        "rule_id": rule_of(leaf),
        "channel": leaf.text("channel"),
    }


@cache
def _upsert(dialect: str) -> postgresql.Insert | sqlite.Insert:
    """The statement, built once: building it costs ten times as much as running it."""
    row = select(
        leaves.c.authority,
        leaves.c.decision,
        leaves.c.place,
        *(bindparam(name, type_=String) for name in ("opened_at", *_TOLD)),
    ).where(leaves.c.id == bindparam("leaf"))
    insert = inserting(dialect, decisions).from_select(["authority", "decision", "place", "opened_at", *_TOLD], row)
    newest = {
        name: case((insert.excluded[name] != "", insert.excluded[name]), else_=decisions.c[name]) for name in _TOLD
    }
    return insert.on_conflict_do_update(index_elements=["authority", "decision"], set_=newest)
