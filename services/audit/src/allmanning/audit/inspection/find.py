"""Find decisions by their terms and by time, newest first, a page at a time.

Each term is a list of places. The shortest list is walked backwards and the others are probed, at most `WALKED` places
a page, so that even two common terms that never meet answer in time: the page is then short and says where to go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.engine import Connection

from allmanning.audit.inspection.schema import days, inspected, terms
from allmanning.audit.inspection.terms import CHANNEL, KINDS, Term
from allmanning.audit.log.schema import decisions
from allmanning.contracts.audit.v1.audit_pb import Evaluations
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import EVALUATION

MAX_PAGE: Final = 500
WALKED: Final = 20_000
# Up to here a count is exact; beyond it is "at least".
COUNTED: Final = 10_000
_MEASURED: Final = Term(CHANNEL, EVALUATION)


@dataclass(frozen=True)
class Wanted:
    """Every term, opened from `opened_from` and before `opened_to` (RFC 3339 UTC or a date; empty: no limit).

    Unless `evaluations` says otherwise, or a term names a channel, what an evaluation asked is left out: it is nobody's
    use of the service, and would tell of none.
    """

    terms: tuple[Term, ...] = ()
    opened_from: str = ""
    opened_to: str = ""
    evaluations: Evaluations = Evaluations.UNSPECIFIED

    def __post_init__(self) -> None:
        if unknown := [each.kind for each in self.terms if each.kind not in KINDS]:
            raise InvalidInput(
                "find.kind_unknown",
                f"Det går inte att söka på {unknown[0]}. Välj bland {', '.join(sorted(KINDS))}. "
                f"(Decisions can't be found by {unknown[0]}.)",
            )


class Found(NamedTuple):
    """A decision in a list; nothing in it is personal."""

    place: int
    decision: str
    opened_at: str
    outcome: str
    rule_id: str
    channel: str
    unit: str
    use_case: str
    language: str
    role: str
    appeal_route: str


class Page(NamedTuple):
    """Newest first. `next` is the place to go on before; 0 when there is no more."""

    decisions: list[Found]
    next: int


def _holds(authority: str, term: Term) -> tuple[ColumnElement[bool], ...]:
    return terms.c.authority == authority, terms.c.kind == term.kind, terms.c.value == term.value


def bounds(connection: Connection, authority: str, wanted: Wanted, before: int) -> tuple[int, int]:
    """First place, and the place after the last, that can hold what is wanted."""
    when = [days.c.authority == authority]
    if wanted.opened_from:
        when.append(days.c.day >= wanted.opened_from[:10])
    if wanted.opened_to:
        when.append(days.c.day <= wanted.opened_to[:10])
    first, last = connection.execute(select(func.min(days.c.first), func.max(days.c.last)).where(*when)).one()
    if first is None:
        return 0, 0
    return int(first), min(int(last) + 1, before or int(last) + 1)


def _length(connection: Connection, authority: str, term: Term, first: int, end: int) -> int:
    """How long a term's list is, up to `WALKED`."""
    within = select(terms.c.place).where(*_holds(authority, term), terms.c.place >= first, terms.c.place < end)
    return int(connection.scalar(select(func.count()).select_from(within.limit(WALKED).subquery())) or 0)


def find(connection: Connection, authority: str, wanted: Wanted, limit: int, before: int = 0) -> Page:
    """A page of what is wanted."""
    limit = max(1, min(limit, MAX_PAGE))
    first, end = bounds(connection, authority, wanted, before)
    if first >= end:
        return Page([], 0)
    asked = _with_channel(wanted)
    ordered = sorted(asked, key=lambda each: _length(connection, authority, each, first, end))
    walked = terms if ordered else decisions
    place = walked.c.place
    within = [*(_holds(authority, ordered[0]) if ordered else (decisions.c.authority == authority,))]
    within += [place >= first, place < end]
    # Where the walk of this page ends; an offset over the index alone.
    floor = connection.scalar(select(place).where(*within).order_by(place.desc()).offset(WALKED).limit(1)) or 0
    query = select(place).where(*within, place >= floor)
    if when := _timed(wanted):
        own = exists().where(decisions.c.authority == authority, decisions.c.place == place, *when)
        query = query.where(own) if ordered else query.where(*when)
    for each in ordered[1:]:
        query = query.where(_is_also(authority, each, place))
    if wanted.evaluations is Evaluations.UNSPECIFIED and all(each.kind != CHANNEL for each in asked):
        measured = _is_also(authority, _MEASURED, place) if ordered else decisions.c.channel == EVALUATION
        query = query.where(~measured)
    places = list(connection.scalars(query.order_by(place.desc()).limit(limit)))
    return Page(_at(connection, authority, places), places[-1] if len(places) == limit else int(floor))


def _with_channel(wanted: Wanted) -> tuple[Term, ...]:
    return (*wanted.terms, _MEASURED) if wanted.evaluations is Evaluations.ONLY else wanted.terms


def _is_also(authority: str, term: Term, place: ColumnElement[int]) -> ColumnElement[bool]:
    other = terms.alias()
    met = (other.c.authority == authority, other.c.kind == term.kind, other.c.value == term.value)
    return exists().where(*met, other.c.place == place)


def _at(connection: Connection, authority: str, places: Sequence[int]) -> list[Found]:
    """The decisions at these places, newest first. Joined to the walk, SQLite would begin with this table."""
    single = (inspected.c.authority == authority) & (inspected.c.decision == decisions.c.decision)
    query = select(*_COLUMNS).select_from(decisions.outerjoin(inspected, single))
    query = query.where(decisions.c.authority == authority, decisions.c.place.in_(places))
    return [Found(*row) for row in connection.execute(query.order_by(decisions.c.place.desc()))]


def one(connection: Connection, authority: str, decision: str) -> Found | None:
    """A decision by its number."""
    query = select(decisions.c.place).where(decisions.c.authority == authority, decisions.c.decision == decision)
    place = connection.scalar(query)
    return next(iter(_at(connection, authority, [place])), None) if place is not None else None


def every(connection: Connection, authority: str, wanted: Wanted, most: int) -> Iterator[Found]:
    """All that is wanted, newest first, `most` at most."""
    before = 0
    while most > 0:
        page = find(connection, authority, wanted, min(most, MAX_PAGE), before)
        yield from page.decisions
        most -= len(page.decisions)
        before = page.next
        if not before:
            return


def _timed(wanted: Wanted) -> list[ColumnElement[bool]]:
    when = []
    if wanted.opened_from:
        when.append(decisions.c.opened_at >= wanted.opened_from)
    if wanted.opened_to:
        when.append(decisions.c.opened_at < wanted.opened_to)
    return when


_COLUMNS: Final = (
    decisions.c.place,
    decisions.c.decision,
    decisions.c.opened_at,
    decisions.c.outcome,
    decisions.c.rule_id,
    decisions.c.channel,
    *(func.coalesce(inspected.c[name], "") for name in ("unit", "use_case", "language", "role", "appeal_route")),
)
