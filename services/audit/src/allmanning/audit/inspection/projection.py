"""The tables that decisions are found by, kept up with the leaves."""

from __future__ import annotations

from functools import cache
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from allmanning.audit.inspection.recall import SETTLED, STATES
from allmanning.audit.inspection.schema import days, inspected, reads, recalled, tasks, terms
from allmanning.audit.inspection.terms import OUTCOME, Term, terms_of
from allmanning.audit.log.database import inserting, new_only, upserting
from allmanning.audit.log.decision_list import STEPS
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.schema import decisions
from allmanning.audit.review.projection import CONTROL

VERSION: Final = 1
TABLES: Final = (terms, inspected, days, reads, tasks, recalled)
# Every outcome there is, so that a change walks the key of the old term and not the whole list of outcomes.
OUTCOMES: Final = ("answered", "abstained", "refused", "handed_over", "review", CONTROL)
# The record that opens a task, and the task's kind.
TASKS: Final = {
    "recall.opened": "recall",
    "sample.framed": "sample",
    "control.planned": "control_plan",
    "control.drawn": "control",
    "disclosure.prepared": "disclosure",
}
_LISTED: Final = select(decisions.c.place, decisions.c.outcome).where(
    decisions.c.authority == bindparam("by"), decisions.c.decision == bindparam("which")
)
_NO_OUTCOME: Final = delete(terms).where(
    terms.c.authority == bindparam("by"),
    terms.c.kind == OUTCOME,
    terms.c.value.in_(OUTCOMES),
    terms.c.place == bindparam("at"),
)


def apply(connection: Connection, leaf: Leaf) -> None:
    """Take a leaf in; the list of decisions has it already."""
    kind = leaf.kind()
    if kind in STEPS:
        _decision(connection, leaf)
    elif kind == "access.read":
        row = {"record": leaf.id, "authority": leaf.authority, "decision": leaf.decision, "time": leaf.time}
        connection.execute(upserting(connection, reads).on_conflict_do_nothing(), row)
    elif kind in TASKS:
        row = {"authority": leaf.authority, "task": leaf.decision, "kind": TASKS[kind], "opened_at": leaf.time}
        connection.execute(upserting(connection, tasks).on_conflict_do_nothing(), row)
    elif kind == SETTLED and leaf.text("recall", "state") in STATES:
        _settled(connection, leaf)


def _decision(connection: Connection, leaf: Leaf) -> None:
    found = connection.execute(_LISTED, {"by": leaf.authority, "which": leaf.decision}).one_or_none()
    if found is None:
        return
    if leaf.kind() == "question.received":
        _opened(connection, leaf, found.place)
    stated = [term for term in terms_of(leaf) if term.kind != OUTCOME]
    if leaf.text("outcome"):
        # A review changes it, and only the first closing counts: the list of decisions knows.
        connection.execute(_NO_OUTCOME, {"by": leaf.authority, "at": found.place})
        stated.append(Term(OUTCOME, found.outcome))
    if stated:
        rows = [
            {"authority": leaf.authority, "kind": each.kind, "value": each.value, "place": found.place}
            for each in stated
        ]
        connection.execute(new_only(connection.dialect.name, terms), rows)


def _opened(connection: Connection, leaf: Leaf, place: int) -> None:
    one_of = {name: leaf.text(name) for name in ("unit", "use_case", "language", "role", "appeal_route")}
    row = {"authority": leaf.authority, "decision": leaf.decision, "place": place, **one_of}
    connection.execute(new_only(connection.dialect.name, inspected), row)
    day = {"authority": leaf.authority, "day": leaf.time[:10], "first": place, "last": place}
    connection.execute(_of_day(connection.dialect.name), day)


@cache
def _of_day(dialect: str) -> postgresql.Insert | sqlite.Insert:
    """Places only grow, so the newest is the last; days may come in disorder, where clocks differ."""
    insert = inserting(dialect, days)
    return insert.on_conflict_do_update(index_elements=["authority", "day"], set_={"last": insert.excluded.last})


def _settled(connection: Connection, leaf: Leaf) -> None:
    row = {
        "authority": leaf.authority,
        "recall": leaf.text("recall", "id"),
        "decision": leaf.decision,
        "state": leaf.text("recall", "state"),
        "time": leaf.time,
    }
    insert = upserting(connection, recalled).values(row)
    newest = {"state": insert.excluded.state, "time": insert.excluded.time}
    connection.execute(insert.on_conflict_do_update(index_elements=["authority", "recall", "decision"], set_=newest))
