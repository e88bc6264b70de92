"""Read what was measured, for the oversight meter."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Select, and_, literal, or_, select, tuple_

from allmanning.audit.log.actor import actor
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.reading import MAX_PAGE, Reading
from allmanning.audit.log.schema import leaves
from allmanning.audit.review.deadline import written
from allmanning.audit.review.desk import Desk, reviewer
from allmanning.audit.review.known_verdicts import KnownVerdicts, measured
from allmanning.audit.review.oversight import GROUPINGS, Group, Verdict, grouped
from allmanning.audit.review.schema import reviews, verdicts
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1.review_pb import (
    ListOwnVerdictsRequest,
    ListOwnVerdictsResponse,
    OversightRequest,
    OversightResponse,
)
from allmanning.runtime.errors import Forbidden, InvalidInput
from allmanning.runtime.identity import checked_authority, uuid7
from allmanning.runtime.record import Content
from allmanning.runtime.swedish_day import beginning, today

INDIVIDUAL: Final = "oversight.individual"
DAYS: Final = 30
MOST_DAYS: Final = 400
_READERS: Final = (Role.AUDITOR, Role.ADMIN)
# A person's own figures are shown alone.
_ONE: Final = 1
_OWN: Final = 50
# Verdicts that one look for a person's own goes through at most, and how many are opened together.
_WALKED: Final = 5_000
_CHUNK: Final = 500


class Meter:
    """Figures of how people review."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known = KnownVerdicts()

    async def read(self, request: OversightRequest) -> OversightResponse:
        """Figures by team, hour or both; one person's only with a ground, which is recorded first.

        Raises:
            Forbidden: `oversight.forbidden`.
            InvalidInput: `oversight.period`, `oversight.grouping`, `oversight.ground`.
            Unavailable: `audit.unavailable`, when the individual reading can't be recorded.
        """
        principal = request.principal
        if principal is None or principal.role not in _READERS:
            raise Forbidden(
                "oversight.forbidden",
                "Bara revisorer och administratörer får läsa det här. (Auditors and admins.)",
            )
        checked_authority(principal.authority)
        by = request.by or "unit"
        if by not in GROUPINGS:
            raise InvalidInput("oversight.grouping", "Välj unit, hour eller unit_hour. (Choose one of them.)")
        first, last = _days(request)
        if request.key_id:
            await self._note(principal, request)
        return await asyncio.to_thread(self._read, principal.authority, request.key_id, by, first, last)

    async def own(self, request: ListOwnVerdictsRequest) -> ListOwnVerdictsResponse:
        """What is on record of the asker's own verdicts, newest first: whoever is measured may see it (GDPR 15).

        A control case stands among them like any other draft: nothing tells a reviewer which those are.

        Raises:
            Forbidden: `review.forbidden`.
        """
        principal = reviewer(request.principal)
        limit = min(request.limit or _OWN, MAX_PAGE)
        return await asyncio.to_thread(self._own, principal, limit, request.before)

    def _own(self, principal: Principal, limit: int, before: str) -> ListOwnVerdictsResponse:
        with self._desk.ledger.records.reading(principal.authority) as log:
            found, following = self._walked(log, principal.key_id, limit, before)
        return ListOwnVerdictsResponse(verdicts=found, next=following)

    def _walked(
        self, log: Reading, key_id: str, limit: int, before: str
    ) -> tuple[list[ListOwnVerdictsResponse.Verdict], str]:
        """A person's verdicts among the newest before a place, and where to go on; who gave one is sealed, so that
        every verdict has to be opened to know whose it is.
        """
        found: list[ListOwnVerdictsResponse.Verdict] = []
        for _ in range(_WALKED // _CHUNK):
            rows = _newest(log, before, _CHUNK)
            for row, said in zip(rows, _verdicts(log, rows), strict=True):
                before = f"{row.leaf.time} {row.leaf.id}"
                if said is not None and said.reviewer == key_id:
                    found.append(_told(row, said))
                    if len(found) == limit:
                        return found, before
            if len(rows) < _CHUNK:
                return found, ""
        return found, before

    async def _note(self, principal: Principal, request: OversightRequest) -> None:
        if not request.ground.strip() or not request.negotiation.strip():
            raise InvalidInput(
                "oversight.ground",
                "En enskild persons siffror kräver skäl och var förhandlingen enligt MBL 11 § är antecknad. "
                "(One person's figures need a ground and a note of the negotiation with the unions.)",
            )
        await self._desk.ledger.leave(
            INDIVIDUAL,
            authority=principal.authority,
            decision=uuid7(),
            fields={"role": principal.role.name.lower()},
            parts={
                "actor": actor(principal),
                "subject": Content({"key_id": request.key_id}, retention="B"),
                "reason": Content({"ground": request.ground, "negotiation": request.negotiation}, retention="B"),
            },
        )

    def _read(self, authority: str, key_id: str, by: str, first: str, last: str) -> OversightResponse:
        with self._desk.ledger.records.reading(authority) as log:
            found = self._known.verdicts(log, first, last)
        known = [each for each in found if each is not None and key_id in ("", each.reviewer)]
        least = _ONE if key_id else self._desk.terms.least_group
        groups, withheld = grouped(known, by, least)
        return OversightResponse(
            groups=[_message(each) for each in groups],
            withheld=withheld,
            erased=sum(each is None for each in found),
            least_group=least,
        )


def _days(request: OversightRequest) -> tuple[str, str]:
    """The moments at which the period begins, and has ended."""
    try:
        last = date.fromisoformat(request.last_day) if request.last_day else today()
        first = date.fromisoformat(request.first_day) if request.first_day else last - timedelta(DAYS)
    except ValueError as error:
        raise InvalidInput("oversight.period", "Skriv dagarna ÅÅÅÅ-MM-DD. (Write days as YYYY-MM-DD.)") from error
    if not timedelta(0) <= last - first <= timedelta(MOST_DAYS):
        raise InvalidInput("oversight.period", f"Perioden får vara högst {MOST_DAYS} dagar. (The period is too long.)")
    return written(beginning(first)), written(beginning(last + timedelta(1)))


class _Row(NamedTuple):
    """A verdict that counts, and what has become of it since."""

    leaf: Leaf
    reversed: bool
    control: bool


def _newest(log: Reading, before: str, limit: int) -> list[_Row]:
    """So many before a place, which is a time and a record; newest first."""
    query = _counting(log)
    if before:
        time, _, record = before.partition(" ")
        query = query.where(tuple_(verdicts.c.time, verdicts.c.record) < tuple_(literal(time), literal(record)))
    return _read(log, query.order_by(verdicts.c.time.desc(), verdicts.c.record.desc()).limit(limit))


def _counting(log: Reading) -> Select[bytes, bool, bool]:
    same = and_(reviews.c.authority == verdicts.c.authority, reviews.c.decision == verdicts.c.decision)
    return (
        select(leaves.c.data, or_(verdicts.c.overturned, reviews.c.reversed), reviews.c.control)
        .join_from(verdicts, leaves, leaves.c.id == verdicts.c.record)
        .join(reviews, same)
        .where(verdicts.c.authority == log.authority)
    )


def _read(log: Reading, query: Select[bytes, bool, bool]) -> list[_Row]:
    return [_Row(Leaf.stored(data), bool(turned), control) for data, turned, control in log.connection.execute(query)]


def _verdicts(log: Reading, rows: Sequence[_Row]) -> list[Verdict | None]:
    """What was measured with each; None when that, or who it was, is erased."""
    opened = measured(log, [row.leaf for row in rows])
    found = (opened.get(row.leaf.id) for row in rows)
    return [
        each._replace(reversed=row.reversed, control=row.control) if each else None
        for each, row in zip(found, rows, strict=True)
    ]


def _told(row: _Row, said: Verdict) -> ListOwnVerdictsResponse.Verdict:
    told = ListOwnVerdictsResponse.Verdict(
        decision_id=row.leaf.text("review", "contest") or row.leaf.decision,
        time=row.leaf.time,
        action=said.action,
        sources_opened=said.sources_opened,
        sources=said.sources,
        draft_chars=said.draft_chars,
        edited_share=said.edited_share,
        reversed=said.reversed,
    )
    if said.active_seconds is not None:
        told.active_seconds = said.active_seconds
    return told


def _message(group: Group) -> OversightResponse.Group:
    return OversightResponse.Group(**asdict(group))
