"""How the assistant is used, counted from the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import and_, case, func, select
from sqlalchemy.engine import Connection

from allmanning.audit.registers.schema import counts, use
from allmanning.audit.review.schema import reviews
from allmanning.runtime.record import Json

# Ended by the rules alone; the other ends, `review` and `handed_over`, are a person's.
AUTOMATIC: Final = ("answered", "abstained", "refused")
REVERSED: Final = ("edited", "rejected")
CLOSED: Final = ("approved", *REVERSED)
_BY: Final = ("role", "channel", "language", "unit", "use_case")
_COUNTED: Final = ("month", "outcome", *_BY)


@dataclass(frozen=True)
class Use:
    """Counts over some months. `by` holds counts by role, channel, language, unit and use case; unknown is "".

    `withdrawn` counts reviewed answers that were let out and later did not stand.
    """

    months: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    reviews: Mapping[str, int] = field(default_factory=dict)
    by: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    withdrawn: int = 0

    @property
    def decisions(self) -> int:
        return sum(self.months.values())

    @property
    def ended(self) -> int:
        return sum(self.outcomes.values())

    @property
    def automated_share(self) -> float | None:
        """Share of the ended decisions that no person had a part in; None before the first."""
        return _share(sum(self.outcomes.get(each, 0) for each in AUTOMATIC), self.ended)

    @property
    def reversal_rate(self) -> float | None:
        """Share of the closed reviews in which the reviewer changed or rejected the draft; None before the first."""
        return _share(sum(self.reviews.get(each, 0) for each in REVERSED), sum(self.reviews.values()))

    def as_json(self) -> dict[str, Json]:
        return {
            "decisions": self.decisions,
            "months": dict(self.months),
            "outcomes": dict(self.outcomes),
            "automated_share": self.automated_share,
            "reviews": dict(self.reviews),
            "reversal_rate": self.reversal_rate,
            "withdrawn": self.withdrawn,
            **{f"by_{name}": dict(counts) for name, counts in self.by.items()},
        }


def measured(connection: Connection, authority: str, first: str, last: str) -> Use:
    """The use in the months from `first` to `last`, both `2026-11` and both included."""
    of = [counts.c[name] for name in _COUNTED]
    within = (counts.c.authority == authority, counts.c.month >= first, counts.c.month <= last)
    totals: dict[str, defaultdict[str, int]] = {name: defaultdict(int) for name in _COUNTED}
    for *values, number in connection.execute(select(*of, counts.c.number).where(*within)):
        for name, value in zip(_COUNTED, values, strict=True):
            totals[name][value] += number
    counted = {name: dict(sorted(found.items())) for name, found in totals.items()}
    closed = _reviews(connection, authority, first, last)
    return Use(
        months=counted["month"],
        outcomes={outcome: number for outcome, number in counted["outcome"].items() if outcome},
        reviews={state: number for state, (number, _) in closed.items()},
        by={name: counted[name] for name in _BY},
        withdrawn=sum(reversed_ for _, reversed_ in closed.values()),
    )


def _reviews(connection: Connection, authority: str, first: str, last: str) -> dict[str, tuple[int, int]]:
    """How the reviews of the questions of these months were closed, and how many of them did not stand."""
    # Few decisions have a review: from those to the questions, not the other way round.
    joined = reviews.join(use, and_(use.c.authority == reviews.c.authority, use.c.decision == reviews.c.decision))
    rows = connection.execute(
        select(reviews.c.state, func.count(), func.sum(case((reviews.c.reversed, 1), else_=0)))
        .select_from(joined)
        .where(reviews.c.authority == authority, reviews.c.state.in_(CLOSED))
        .where(use.c.month >= first, use.c.month <= last)
        .group_by(reviews.c.state)
    )
    return {state: (number, int(withdrawn)) for state, number, withdrawn in sorted(tuple(row) for row in rows)}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
