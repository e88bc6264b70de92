"""Take a review, give it back, and what was seen in between."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from allmanning.audit.log.actor import actor
from allmanning.audit.review.activity import Activity
from allmanning.audit.review.case import OPEN, File
from allmanning.audit.review.deadline import later
from allmanning.audit.review.desk import Desk, Key, reviewer
from allmanning.audit.review.projection import REVIEW_CLAIMED, REVIEW_RETURNED, SOURCE_OPENED
from allmanning.audit.review.work import work_of
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1.audit_pb import Review, Work
from allmanning.contracts.audit.v1.review_pb import ClaimReviewRequest, ObserveReviewRequest, ReturnReviewRequest
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput
from allmanning.runtime.record import Content, now

MAX_NOTE_CHARS: Final = 2_000
_DOCUMENT: Final = re.compile(r"[A-Za-z0-9_.:-]{1,128}")


def refuse_strangers(file: File, principal: Principal) -> None:
    """Whether this person may work on the review at all.

    Raises:
        Conflict: `review.closed`, `review.claimed`. Forbidden: `review.competence`, `review.own`.
    """
    case = file.case
    if case.state != OPEN:
        raise Conflict("review.closed", "Någon annan har redan avgjort ärendet. (It is already closed.)")
    if not case.for_whom(principal):
        wanted = ", ".join(each for each in (case.unit, case.competence) if each)
        raise Forbidden(
            "review.competence",
            f"Ärendet ska granskas av {wanted}. (It is for somebody with that unit and competence.)",
        )
    if file.sender == principal.key_id:
        raise Forbidden(
            "review.own",
            "Du har själv skickat utkastet; en kollega ska granska det. (You sent it: a colleague must review it.)",
        )
    if case.held and file.who(case.claim) != principal.key_id:
        raise Conflict(
            "review.claimed",
            f"Någon annan har ärendet till {case.claimed_until}. (Somebody else has it until then.)",
        )


class Claims:
    """Who works on what."""

    def __init__(self, desk: Desk, activity: Activity) -> None:
        self._desk = desk
        self._activity = activity

    async def claim(self, request: ClaimReviewRequest) -> Review:
        """Take an open review for a while. Who has it gets the same answer again.

        Raises:
            Forbidden: `review.forbidden`, `review.competence`, `review.second_person`.
            Conflict: `review.claimed`, `review.closed`. NotFound: `review.unknown`.
        """
        principal = reviewer(request.principal)
        key = Key(principal.authority, request.decision_id)
        async with self._desk.turn(key) as file:
            refuse_strangers(file, principal)
            if file.case.assessed and file.who(file.case.assessed) == principal.key_id:
                raise Forbidden(
                    "review.second_person",
                    "Du har redan granskat ärendet; nu ska en annan person göra det. (Another person must review it.)",
                )
            now_held = file if file.case.held else await self._take(file, principal, "")
            refuse_strangers(now_held, principal)
            return now_held.review(principal, self._desk.terms.deadline_hours)

    async def _take(self, file: File, principal: Principal, renewed: str) -> File:
        until = later(now(), timedelta(minutes=self._desk.terms.claim_minutes))
        fields = {"review": {"until": until, "renews": renewed}}
        return await self._desk.leave(file.case, REVIEW_CLAIMED, fields, {"reviewer": actor(principal)})

    async def give_back(self, request: ReturnReviewRequest) -> Review:
        """Return a review to the queue with a note. An administrator may return somebody else's.

        Raises:
            InvalidInput: `review.note`. Conflict: `review.not_claimed`. Forbidden: `review.forbidden`.
        """
        principal = reviewer(request.principal)
        if not request.note.strip() or len(request.note) > MAX_NOTE_CHARS:
            raise InvalidInput(
                "review.note", f"Skriv en rad till nästa person, högst {MAX_NOTE_CHARS} tecken. (Write a note.)"
            )
        key = Key(principal.authority, request.decision_id)
        async with self._desk.turn(key) as file:
            case = file.case
            mine = file.who(case.claim) == principal.key_id
            if not case.held or not (mine or principal.role is Role.ADMIN):
                raise _not_claimed()
            parts = {"reviewer": actor(principal), "note": Content(request.note)}
            returned = await self._desk.leave(case, REVIEW_RETURNED, {"review": {"claim": case.claim}}, parts)
            self._activity.forget(case.claim)
            return returned.review(principal, self._desk.terms.deadline_hours)

    async def observe(self, request: ObserveReviewRequest) -> Work:
        """Count active time, or record that a source was opened; both lengthen the claim. What is known by then.

        Raises:
            Conflict: `review.not_claimed`. InvalidInput: `review.source`.
        """
        principal = reviewer(request.principal)
        key = Key(principal.authority, request.decision_id)
        async with self._desk.turn(key) as file:
            case = file.case
            if not case.held or file.who(case.claim) != principal.key_id:
                raise _not_claimed()
            self._activity.beat(case.claim, monotonic())
            seen = await self._opened(principal, file, request.document) if request.document else file
            if self._halfway(case.claimed_until):
                seen = await self._take(seen, principal, case.claim)
            return work_of(seen, self._activity)

    async def _opened(self, principal: Principal, file: File, document: str) -> File:
        # The id goes into a leaf, which is never erased: only what the decision's own records name may stand there.
        if not _DOCUMENT.fullmatch(document) or document not in file.documents:
            raise InvalidInput("review.source", "Svaret bygger inte på det dokumentet. (No source of this answer.)")
        fields = {"claim": file.case.claim, "document": document}
        known = any(
            leaf.kind() == SOURCE_OPENED and leaf.fields.get("review") == fields for leaf, _ in file.said.values()
        )
        if known:
            return file
        return await self._desk.leave(file.case, SOURCE_OPENED, {"review": fields}, {"reviewer": actor(principal)})

    def _halfway(self, until: str) -> bool:
        left = datetime.fromisoformat(until) - datetime.fromisoformat(now())
        return left < timedelta(minutes=self._desk.terms.claim_minutes) / 2


def _not_claimed() -> Conflict:
    return Conflict("review.not_claimed", "Du har inte ärendet just nu. Ta det först. (Claim the review first.)")
