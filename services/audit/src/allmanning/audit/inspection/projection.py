"""The tables that decisions are found by, kept up with the leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ClauseElement, bindparam, delete
from sqlalchemy.engine import Connection

from allmanning.audit.inspection.recall import SETTLED, STATES
from allmanning.audit.inspection.schema import days, inspected, reads, recalled, tasks, terms
from allmanning.audit.inspection.terms import OUTCOME, terms_of
from allmanning.audit.log.bulk import Bulk, Value
from allmanning.audit.log.database import inserting
from allmanning.audit.log.decision_list import STEPS, listed
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.numbered import Numbered
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
_READ: Final = "access.read"
KINDS: Final = STEPS | TASKS.keys() | {_READ, SETTLED}


def apply(connection: Connection, new: Sequence[Numbered]) -> None:
    """Take leaves in; the list of decisions has them already."""
    by_kind: dict[str, list[Leaf]] = {}
    for leaf, _ in new:
        kind = leaf.kind()
        by_kind.setdefault("" if kind in STEPS else kind, []).append(leaf)
    _decisions(connection, by_kind.pop("", []))
    for kind, leaves in by_kind.items():
        if kind == _READ:
            rows = [(leaf.id, leaf.authority, leaf.decision, leaf.time) for leaf in leaves]
            _READING.run(connection, rows)
        elif kind == SETTLED:
            _SETTLING.run(connection, [_settled(leaf) for leaf in leaves if leaf.text("recall", "state") in STATES])
        else:
            _TASK.run(connection, [(leaf.authority, leaf.decision, TASKS[kind], leaf.time) for leaf in leaves])


def _decisions(connection: Connection, leaves: Sequence[Leaf]) -> None:
    known = listed(connection, ((leaf.authority, leaf.decision) for leaf in leaves))
    stated: list[tuple[Value, ...]] = []
    ended: dict[tuple[str, int], str] = {}
    asked: list[tuple[Value, ...]] = []
    asked_on: list[tuple[Value, ...]] = []
    for leaf in leaves:
        authority = leaf.authority
        place, outcome = known[authority, leaf.decision]
        if leaf.kind() == "question.received":
            one_of = (leaf.text(name) for name in ("unit", "use_case", "language", "role", "appeal_route"))
            asked.append((authority, leaf.decision, place, *one_of))
            asked_on.append((authority, leaf.time[:10], place, place))
        stated += [(authority, term.kind, term.value, place) for term in terms_of(leaf) if term.kind != OUTCOME]
        if leaf.text("outcome"):
            # A review changes it, and only the first closing counts: the list of decisions knows.
            ended[authority, place] = outcome
    _ASKED.run(connection, asked)
    _DAY.run(connection, asked_on)
    _NO_OUTCOME.run(connection, [(authority, OUTCOME, place, *OUTCOMES) for authority, place in ended])
    stated += [(authority, OUTCOME, outcome, place) for (authority, place), outcome in ended.items()]
    _TERM.run(connection, stated)


def _settled(leaf: Leaf) -> tuple[str, str, str, str, str]:
    return leaf.authority, leaf.text("recall", "id"), leaf.decision, leaf.text("recall", "state"), leaf.time


def _of_day(dialect: str) -> ClauseElement:
    """Places only grow, so the newest is the last; days may come in disorder, where clocks differ."""
    insert = inserting(dialect, days)
    return insert.on_conflict_do_update(index_elements=["authority", "day"], set_={"last": insert.excluded.last})


def _settling(dialect: str) -> ClauseElement:
    insert = inserting(dialect, recalled)
    newest = {"state": insert.excluded.state, "time": insert.excluded.time}
    return insert.on_conflict_do_update(index_elements=["authority", "recall", "decision"], set_=newest)


def _no_outcome(_: str) -> ClauseElement:
    return delete(terms).where(
        terms.c.authority == bindparam("of"),
        terms.c.kind == bindparam("sort"),
        terms.c.place == bindparam("at"),
        terms.c.value.in_([bindparam(f"each{number}") for number in range(len(OUTCOMES))]),
    )


_TERM: Final = Bulk.new_only(terms)
_ASKED: Final = Bulk.new_only(inspected)
_READING: Final = Bulk.new_only(reads)
_TASK: Final = Bulk.new_only(tasks)
_DAY: Final = Bulk(days.columns.keys(), _of_day)
_SETTLING: Final = Bulk(recalled.columns.keys(), _settling)
_NO_OUTCOME: Final = Bulk(("of", "sort", "at", *(f"each{number}" for number in range(len(OUTCOMES)))), _no_outcome)
