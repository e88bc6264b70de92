"""What everything that is done to a review needs: to look, to leave a record, and to see it count."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, NamedTuple

from allmanning.audit.log.ledger import Ledger
from allmanning.audit.review.case import Case, File, case_of
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.runtime.errors import Forbidden, NotFound
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import Content, Json

_REVIEWERS: Final = (Role.CASEWORKER, Role.ADMIN)


@dataclass(frozen=True)
class Terms:
    """How long reviewers have, and how often a second one must look."""

    claim_minutes: int = 30
    deadline_hours: int = 24
    contest_hours: int = 168
    second_share: float = 0.0
    least_group: int = 5


class Key(NamedTuple):
    """Which review."""

    authority: str
    decision: str


def reviewer(principal: Principal | None) -> Principal:
    """Who reviews.

    Raises:
        Forbidden: `review.forbidden`, for anybody else than caseworkers and administrators with a key.
    """
    if principal is None or principal.role not in _REVIEWERS or not principal.key_id:
        raise Forbidden(
            "review.forbidden",
            "Bara handläggare och administratörer får granska. (Only caseworkers and administrators may review.)",
        )
    checked_authority(principal.authority)
    return principal


class Desk:
    """Looks into the log and leaves records in it."""

    def __init__(self, ledger: Ledger, terms: Terms) -> None:
        self.ledger = ledger
        self.terms = terms
        self._turns: defaultdict[Key, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def turn(self, key: Key) -> AsyncIterator[File]:
        """The review, one at a time: most races end here, and the order of the log settles the rest.

        Raises:
            NotFound: `review.unknown`.
        """
        try:
            async with self._turns[key]:
                yield await self.look(key)
        finally:
            if not self._turns[key].locked():
                self._turns.pop(key, None)

    async def look(self, key: Key) -> File:
        return await asyncio.to_thread(self._look, key)

    def _look(self, key: Key) -> File:
        with self.ledger.records.reading(key.authority) as log:
            case = case_of(log, key.decision)
            if case is None:
                raise NotFound("review.unknown", "Det finns inget sådant granskningsärende. (No such review.)")
            return File.read(log, case)

    async def leave(self, case: Case, kind: str, fields: Mapping[str, Json], parts: Mapping[str, Content]) -> File:
        """Leave a record; the review as it is once the record and all its content are in the log.

        Of a contest it stands among the records of the decision that is contested, and names the contest.

        Raises:
            Unavailable: `audit.unavailable`, `audit.pending`.
        """
        review = fields.get("review")
        if case.contests and isinstance(review, dict):
            fields = {**fields, "review": {**review, "contest": case.decision}}
        await self.ledger.leave(kind, authority=case.authority, decision=case.chain, fields=fields, parts=parts)
        return await self.look(Key(case.authority, case.decision))
