"""What waits for a person, as the queue lists it: what it is, why it waits, for how long, and whose it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from babel.dates import format_timedelta

from allmanning.contracts.audit.v1.audit_pb import Review
from allmanning.gateway.language import marked, translate

# A kind that a newer service has is told by its own name.
KINDS: Final[Mapping[str, str]] = {
    "draft": marked("Utkast till svar"),
    "contest": marked("Någon invänder"),
    "contact": marked("Meddelande från en invånare"),
    "own_draft": marked("En kollegas utkast"),
}
_SHOWN_CHARS: Final = 300


@dataclass(frozen=True)
class Waiting:
    """One in the queue. `waited` and `left` are lengths of time in words; `left` is what is over when `overdue`.

    `standing`: free, mine, taken (until `until`) or own_first: this person has looked, and another must.
    """

    id: str
    kind: str
    kind_name: str
    question: str
    why: str
    unit: str
    competence: str
    waited: str
    left: str
    due_at: str
    overdue: bool
    standing: str
    until: str
    second: bool


def kind_of(review: Review) -> str:
    """The kind, also of what an older service lists."""
    return review.kind or ("contest" if review.contests else "draft")


def waiting(review: Review, language: str, now: datetime | None = None) -> Waiting:
    now = now or datetime.now(UTC)
    kind = kind_of(review)
    opened, due = moment(review.opened_at), moment(review.due_at)
    name = KINDS.get(kind)
    return Waiting(
        id=review.decision_id,
        kind=kind,
        kind_name=translate(name, language) if name else kind,
        question=shortened(review.question),
        why=shortened(review.reason),
        unit=review.unit,
        competence=review.competence,
        waited=length(now, opened, language),
        left=length(due, now, language),
        due_at=review.due_at,
        overdue=review.overdue,
        standing="mine" if review.mine else "taken" if review.claimed_until else "free",
        until=review.claimed_until,
        second=review.awaits_second or review.second_reviewer,
    )


def shortened(text: str) -> str:
    """The beginning of a long text, cut between words."""
    flowing = " ".join(text.split())
    if len(flowing) <= _SHOWN_CHARS:
        return flowing
    return flowing[: flowing.rfind(" ", 0, _SHOWN_CHARS)] + " …"


def moment(time: str) -> datetime | None:
    """A time of a record; None when it is none."""
    try:
        return datetime.fromisoformat(time)
    except ValueError:
        return None


def length(later: datetime | None, earlier: datetime | None, language: str) -> str:
    """The time between, in words; empty when either is not known."""
    if later is None or earlier is None:
        return ""
    return str(format_timedelta(abs(later - earlier), granularity="minute", threshold=1.5, locale=language))


def kinds_among(listed: Sequence[Review]) -> list[str]:
    """The kinds that there are, the known ones first."""
    found = {kind_of(each) for each in listed}
    return [each for each in KINDS if each in found] + sorted(found - set(KINDS))
