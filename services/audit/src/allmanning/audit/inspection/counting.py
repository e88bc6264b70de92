"""How many decisions a period has, how they ended and how they were reviewed: counts, from the leaves alone."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.engine import Connection

from allmanning.audit.inspection.find import Wanted, bounds
from allmanning.audit.inspection.recall import OPENED, is_open
from allmanning.audit.inspection.schema import tasks, terms
from allmanning.audit.inspection.terms import CHANNEL, UNIT
from allmanning.audit.log.json_path import text
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.schema import decisions, leaves
from allmanning.audit.review.schema import IS_CONTEST, reviews
from allmanning.runtime.record import EVALUATION, Json
from allmanning.runtime.swedish_day import SWEDEN

# Sweden is one or two hours ahead of UTC: only a day's last two hours there can belong to the next day here.
_LATE: Final = "22"
_EARLIER: Final = "00"
_MAX_RECALLS: Final = 200


def counted(connection: Connection, authority: str, opened_from: str, opened_to: str) -> dict[str, Json]:
    """Decisions opened from one time and before another (RFC 3339 UTC; empty: no limit), without an evaluation's.

    `days` has Swedish days, those without decisions left out, each with counts by outcome; an outcome is "" until the
    decision has ended. `reviews` counts what was held for a person in the period by what became of it; `waiting`,
    `contests` and `recalls` what is open now.
    """
    wanted = Wanted((), opened_from, opened_to)
    first, end = bounds(connection, authority, wanted, 0)
    days = _days(connection, authority, wanted, first, end) if first < end else {}
    total = sum(sum(each.values()) for each in days.values())
    outcomes: defaultdict[str, int] = defaultdict(int)
    for each in days.values():
        for outcome, number in each.items():
            outcomes[outcome] += number
    return {
        "decisions": total,
        "days": {day: dict(counts) for day, counts in sorted(days.items())},
        "outcomes": dict(outcomes),
        "by_channel": _of_kind(connection, authority, CHANNEL, first, end),
        "by_unit": _of_kind(connection, authority, UNIT, first, end),
        "reviews": _reviewed(connection, authority, wanted),
        "waiting": _open(connection, authority, contests=False),
        "contests": _open(connection, authority, contests=True),
        "recalls": _recalls(connection, authority),
    }


def _days(
    connection: Connection, authority: str, wanted: Wanted, first: int, end: int
) -> dict[str, defaultdict[str, int]]:
    hour = func.substr(decisions.c.opened_at, 12, 2)
    day = func.substr(decisions.c.opened_at, 1, 10).label("day")
    # Few groups: to sort by every hour of a long period takes twice the time.
    late = case((hour >= _LATE, hour), else_=_EARLIER).label("late")
    rows = connection.execute(
        select(day, late, decisions.c.outcome, func.count())
        .where(decisions.c.authority == authority, decisions.c.place >= first, decisions.c.place < end)
        .where(decisions.c.channel != EVALUATION, *_within(decisions.c.opened_at, wanted))
        # By name: PostgreSQL takes the same expression with other parameters for another one.
        .group_by("day", "late", decisions.c.outcome)
    )
    days: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for on, at, outcome, number in rows:
        days[_swedish_day(f"{on}T{at}")][outcome] += number
    return dict(days)


@lru_cache(maxsize=100_000)
def _swedish_day(hour: str) -> str:
    return datetime.fromisoformat(f"{hour}:00:00Z").astimezone(SWEDEN).date().isoformat()


def _within(column: ColumnElement[str], wanted: Wanted) -> list[ColumnElement[bool]]:
    within = [column >= wanted.opened_from] if wanted.opened_from else []
    return [*within, column < wanted.opened_to] if wanted.opened_to else within


def _of_kind(connection: Connection, authority: str, kind: str, first: int, end: int) -> dict[str, Json]:
    """Counts by the value of a term that a decision has at most one of, over the days that the period touches."""
    rows = connection.execute(
        select(terms.c.value, func.count())
        .where(terms.c.authority == authority, terms.c.kind == kind, terms.c.place >= first, terms.c.place < end)
        .where(terms.c.value != EVALUATION)
        .group_by(terms.c.value)
    )
    return dict(sorted(((row[0], row[1]) for row in rows), key=lambda each: -each[1]))


def _reviewed(connection: Connection, authority: str, wanted: Wanted) -> dict[str, Json]:
    rows = connection.execute(
        select(reviews.c.state, func.count())
        .where(reviews.c.authority == authority, reviews.c.contests == "")
        .where(*_within(reviews.c.opened_at, wanted))
        .group_by(reviews.c.state)
    )
    return {row[0]: row[1] for row in rows}


def _open(connection: Connection, authority: str, *, contests: bool) -> int:
    of = IS_CONTEST if contests else reviews.c.contests == ""
    query = select(func.count()).select_from(reviews).where(reviews.c.authority == authority, of)
    return int(connection.scalar(query.where(reviews.c.state == "open")) or 0)


def _recalls(connection: Connection, authority: str) -> int:
    """How many of the newest recalls have a decision that nobody is done with."""
    newest = (
        select(tasks.c.task)
        .where(tasks.c.authority == authority, tasks.c.kind == "recall")
        .order_by(tasks.c.opened_at.desc())
        .limit(_MAX_RECALLS)
    )
    # Joined, SQLite would begin with the leaves and go through them all.
    rows = connection.scalars(
        select(leaves.c.data).where(leaves.c.authority == authority, leaves.c.decision.in_(newest.scalar_subquery()))
    ).all()
    number = 0
    for leaf in map(Leaf.stored, rows):
        what = leaf.fields.get("recall")
        if leaf.kind() == OPENED:
            number += is_open(connection, authority, leaf.decision, text(what, "kind"), text(what, "value"))
    return number
