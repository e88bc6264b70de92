"""Where somebody does not accept a decision, and how far the reconsideration has come; from the leaves alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.schema import leaves
from allmanning.audit.review.deadline import later
from allmanning.audit.review.schema import IS_CONTEST, reviews
from allmanning.runtime.record import Json

PAGE: Final = 100
MAX_PAGE: Final = 500
_OPEN: Final = "open"


def contests(connection: Connection, authority: str, limit: int, offset: int, *, settled: bool) -> dict[str, Json]:
    """A page of contests, newest first, and how many there are in each state."""
    of = (reviews.c.authority == authority, IS_CONTEST)
    states = connection.execute(select(reviews.c.state, func.count()).where(*of).group_by(reviews.c.state)).all()
    query = (
        select(
            reviews.c.decision.label("contest"), reviews.c.contests, reviews.c.opened_at, reviews.c.state,
            reviews.c.unit, reviews.c.deadline_hours, leaves.c.data,
        )
        .join(leaves, leaves.c.id == reviews.c.decision)
        .where(*of)
    )  # fmt: skip
    if not settled:
        query = query.where(reviews.c.state == _OPEN)
    newest = query.order_by(reviews.c.opened_at.desc()).limit(max(1, min(limit or PAGE, MAX_PAGE))).offset(offset)
    return {
        "counts": {row[0]: row[1] for row in states},
        "contests": [
            {
                "contest": row.contest,
                "decision": row.contests,
                "opened_at": row.opened_at,
                "state": row.state,
                "unit": row.unit,
                "deadline": _deadline(Leaf.stored(row.data), row.opened_at, row.deadline_hours),
                "kind": Leaf.stored(row.data).text("contest"),
            }
            for row in connection.execute(newest)
        ],
    }


def _deadline(leaf: Leaf, opened_at: str, hours: int | None) -> str:
    """The day that was named, or when the time for it is over; empty where the record says neither."""
    return leaf.text("deadline") or ("" if hours is None else later(opened_at, timedelta(hours=hours)))
