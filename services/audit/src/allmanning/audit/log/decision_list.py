"""The list of decisions, made from the leaves alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from sqlalchemy import ClauseElement, case, select
from sqlalchemy.engine import Connection

from allmanning.audit.log.bulk import EMPTY, Bulk
from allmanning.audit.log.database import inserting
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.numbered import Numbered
from allmanning.audit.log.schema import decisions

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
_CHUNK: Final = 500


def rule_of(leaf: Leaf) -> str:
    """The rule a record rests on; empty when it names none."""
    return leaf.text("gate", "rule_id") or leaf.text("rule_id")


def apply(connection: Connection, new: Sequence[Numbered]) -> None:
    """List the decision with its first record, and what the newest one says of it."""
    _UPSERT.run(connection, [_row(*each) for each in new])


def _row(leaf: Leaf, place: int) -> tuple[str, str, int, str, str, str, str]:
    outcome = "" if leaf.kind() == _REVIEW_CLOSED else leaf.text("outcome")
    return leaf.authority, leaf.decision, place, leaf.time, outcome, rule_of(leaf), leaf.text("channel")


def _upsert(dialect: str) -> ClauseElement:
    insert = inserting(dialect, decisions)
    newest = {
        name: case((insert.excluded[name] != EMPTY, insert.excluded[name]), else_=decisions.c[name])
        for name in ("outcome", "rule_id", "channel")
    }
    return insert.on_conflict_do_update(index_elements=["authority", "decision"], set_=newest)


_UPSERT: Final = Bulk(decisions.columns.keys(), _upsert)


class Listed(NamedTuple):
    """What the list says of a decision now."""

    place: int
    outcome: str


def listed(connection: Connection, named: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Listed]:
    """Decisions by authority and decision; those that are not listed are left out."""
    found: dict[tuple[str, str], Listed] = {}
    for authority, theirs in groupby(sorted(set(named)), key=lambda name: name[0]):
        wanted = [decision for _, decision in theirs]
        for start in range(0, len(wanted), _CHUNK):
            rows = connection.execute(
                select(decisions.c.decision, decisions.c.place, decisions.c.outcome).where(
                    decisions.c.authority == authority, decisions.c.decision.in_(wanted[start : start + _CHUNK])
                )
            )
            found |= {(authority, row.decision): Listed(row.place, row.outcome) for row in rows}
    return found
