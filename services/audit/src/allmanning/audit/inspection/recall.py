"""Recall: something that decisions rested on was wrong, so each of them is looked at again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Subquery, case, func, literal, select, union_all
from sqlalchemy.engine import Connection

from allmanning.audit.inspection import terms as kinds
from allmanning.audit.inspection.schema import recalled, terms
from allmanning.audit.log.schema import decisions
from allmanning.runtime.record import EVALUATION

OPENED: Final = "recall.opened"
SETTLED: Final = "recall.settled"
OPEN: Final = "open"
STATES: Final = ("looked_at", "corrected", "no_effect")
CLOSED: Final = ("corrected", "no_effect")
# What can be recalled, and the kind of term that says that it was cited and not only found.
RECALLABLE: Final = {
    kinds.DOCUMENT: kinds.CITED_DOCUMENT,
    kinds.VERSION: kinds.CITED_VERSION,
    kinds.PASSAGE: kinds.CITED_PASSAGE,
    kinds.MODEL: "",
    kinds.PROMPT: "",
    kinds.RULE: "",
    kinds.RULES: "",
    kinds.INDEX: "",
}


class Affected(NamedTuple):
    """A decision that used what is recalled. `effect`: 0 cited and answered, 1 cited, 2 found and answered, 3 found."""

    decision: str
    opened_at: str
    outcome: str
    cited: bool
    effect: int
    state: str


class Progress(NamedTuple):
    """How many decisions are in each state."""

    counts: dict[str, int]

    @property
    def closed(self) -> bool:
        """Whether every decision is corrected or was not affected."""
        return all(not count for state, count in self.counts.items() if state not in CLOSED)


def affected(
    connection: Connection,
    authority: str,
    recall: str,
    kind: str,
    value: str,
    states: Sequence[str],
    limit: int,
    offset: int,
) -> list[Affected]:
    """Decisions that used it, those with the greatest effect first and the newest first among equals."""
    used = used_by(authority, recall, kind, value)
    query = select(used.c.decision, used.c.opened_at, used.c.outcome, used.c.cited, used.c.effect, used.c.state)
    if states:
        query = query.where(used.c.state.in_(states))
    rows = connection.execute(query.order_by(used.c.effect, used.c.place.desc()).limit(limit).offset(offset)).all()
    return [Affected(row.decision, row.opened_at, row.outcome, bool(row.cited), row.effect, row.state) for row in rows]


def progress(connection: Connection, authority: str, recall: str, kind: str, value: str) -> Progress:
    """How far the recall has come."""
    used = used_by(authority, recall, kind, value)
    rows = connection.execute(select(used.c.state, func.count()).group_by(used.c.state)).all()
    return Progress(dict.fromkeys((OPEN, *STATES), 0) | Counter({row[0]: row[1] for row in rows}))


def is_open(connection: Connection, authority: str, recall: str, kind: str, value: str) -> bool:
    """Whether a decision is still to be corrected or found unaffected."""
    used = used_by(authority, recall, kind, value)
    return connection.scalar(select(used.c.decision).where(used.c.state.not_in(CLOSED)).limit(1)) is not None


def used_by(authority: str, recall: str, kind: str, value: str) -> Subquery:
    """One row for each decision: an answer that cites matters most, then other citations, then what was only found.

    What an evaluation asked has reached nobody, and is left out.
    """
    uses = [
        select(terms.c.place, literal(cited).label("cited")).where(
            terms.c.authority == authority, terms.c.kind == each, terms.c.value == value
        )
        for each, cited in ((kind, 0), (RECALLABLE[kind], 1))
        if each
    ]
    every = union_all(*uses).subquery()
    once = select(every.c.place, func.max(every.c.cited).label("cited")).group_by(every.c.place).subquery()
    effect = case((decisions.c.outcome == "answered", 0), else_=1) + case((once.c.cited == 1, 0), else_=2)
    state = func.coalesce(recalled.c.state, OPEN)
    settled = (
        (recalled.c.authority == authority)
        & (recalled.c.recall == recall)
        & (recalled.c.decision == decisions.c.decision)
    )
    return (
        select(
            decisions.c.decision,
            decisions.c.opened_at,
            decisions.c.outcome,
            decisions.c.place,
            once.c.cited,
            effect.label("effect"),
            state.label("state"),
        )
        .select_from(
            once.join(decisions, (decisions.c.authority == authority) & (decisions.c.place == once.c.place)).outerjoin(
                recalled, settled
            )
        )
        .where(decisions.c.channel != EVALUATION)
        .subquery()
    )
