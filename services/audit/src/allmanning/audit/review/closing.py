"""Approve, change or reject a held answer; alone, or as the first or second of two."""

from __future__ import annotations

import asyncio
import random
from typing import Final

from allmanning.audit.log.actor import actor
from allmanning.audit.review.activity import Activity
from allmanning.audit.review.case import OPEN, File
from allmanning.audit.review.claims import refuse_strangers
from allmanning.audit.review.controls import Controls
from allmanning.audit.review.desk import Desk, Key, reviewer
from allmanning.audit.review.edit import edit_of
from allmanning.audit.review.making import Making
from allmanning.audit.review.projection import (
    CLOSINGS,
    CONTACT_CLOSED,
    CONTROL,
    DRAFT_CLOSED,
    REVIEW_ASSESSED,
    REVIEW_CLOSED,
)
from allmanning.audit.review.work import opened
from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.audit.v1.audit_pb import CloseReviewRequest, Review
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput
from allmanning.runtime.record import Content, Json

MAX_TEXT_CHARS: Final = 20_000


class Closing:
    """Gives verdicts. An answer that two must approve is let out in the words that both have approved."""

    def __init__(
        self, desk: Desk, activity: Activity, controls: Controls, chance: random.Random, making: Making
    ) -> None:
        self._desk = desk
        self._making = making
        self._activity = activity
        self._controls = controls
        self._chance = chance

    async def close(self, request: CloseReviewRequest) -> Review:
        """Give a verdict on an open review, and record it.

        The same person giving the same verdict again gets the same answer; the first that counts in the log stands.
        A rejection closes at once, since nothing leaves then. With two reviewers, an approval or an edit by the first
        waits for the second; an edit by the second waits for yet another person, who may be the first.

        Raises:
            Forbidden: `review.forbidden`, `review.competence`, `review.second_person`, `review.own`,
                `review.sender_unknown`.
            InvalidInput: `review.action`, `review.text`, `review.reason`.
            NotFound: `review.unknown`. Conflict: `review.closed`, `review.claimed`.
            Unavailable: `audit.unavailable`, `audit.pending` when it is recorded but not yet seen.
        """
        principal = _checked(request)
        key = Key(principal.authority, request.decision_id)
        async with self._desk.turn(key) as file:
            told = file
            if file.case.state == OPEN and not _same(file, principal, request):
                told = await self._say(key, principal, request, file)
            if not _same(told, principal, request):
                raise Conflict("review.closed", "Någon annan har redan avgjort ärendet. (It is already closed.)")
            await self._making.settle(key)
            return told.review(principal, self._desk.terms.deadline_hours)

    async def _say(self, key: Key, principal: Principal, request: CloseReviewRequest, file: File) -> File:
        case = file.case
        refuse_strangers(file, principal)
        if case.own and not file.sender and request.action != "reject":
            raise Forbidden(
                "review.sender_unknown",
                "Det framgår inte längre vem som skickade utkastet; det kan bara avvisas. (Its sender is not known any "
                "more: it can only be rejected.)",
            )
        if case.assessed and file.who(case.assessed) == principal.key_id:
            raise Forbidden(
                "review.second_person",
                "Du har redan granskat ärendet; nu ska en annan person göra det. (Another person must review it.)",
            )
        first = file.part(case.assessed, "action")
        demanded = "" if case.assessed else self._second(file)
        waits = request.action == "edit" if case.assessed else request.action != "reject" and bool(demanded)
        # A second reviewer approves what the first one made of it.
        action = first if request.action == "approve" and first == "edit" else request.action
        text = file.shown if action == "edit" and request.action == "approve" else _new_text(request)
        state, outcome = CLOSINGS[str(action)]
        review: dict[str, Json] = {
            "claim": case.claim if case.held else "",
            "after": case.assessed,
            "role": principal.role.name.lower(),
            "unit": principal.unit,
        }
        fields: dict[str, Json] = {"review": review | ({"second": demanded} if waits else {"state": state})}
        if not waits:
            control = await asyncio.to_thread(self._controls.has, key)
            # How a decision ended is not changed by what somebody finds when it is contested.
            fields |= {"outcome": CONTROL if control else outcome} if not case.contests else {}
        parts = {
            "action": Content(request.action),
            "reason": Content(request.reason),
            "text": Content(text),
            "reviewer": actor(principal),
            "measured": Content(self._measured(file, request)),
        }
        closed = CONTACT_CLOSED if case.contact else DRAFT_CLOSED if case.own else REVIEW_CLOSED
        file = await self._desk.leave(case, REVIEW_ASSESSED if waits else closed, fields, parts)
        self._activity.forget(case.claim)
        return file

    def _second(self, file: File) -> str:
        """Why another person must look too; empty when none must."""
        # Of an own draft the reviewer is the second person.
        if file.case.contact or file.case.own:
            return ""
        if file.case.second:
            return "rule"
        return "sample" if self._chance.random() < self._desk.terms.second_share else ""

    def _measured(self, file: File, request: CloseReviewRequest) -> Json:
        """What the reviewer did: sealed, since in a small unit it tells of one person."""
        case = file.case
        claim = case.claim if case.held else ""
        edit = edit_of(file.shown, request.text if request.action == "edit" else file.shown)
        measured: dict[str, Json] = {
            "sources_opened": len(opened(file, claim)) if claim else 0,
            "sources": len(file.documents),
            "draft_chars": len(file.shown),
            "edit_distance": edit.distance,
            "edited_share": round(edit.share, 4),
            "edited_spans": [list(each) for each in edit.spans],
            "disagreed_with_ai": request.disagreed if request.has_field("disagreed") else request.action != "approve",
        }
        seconds = self._activity.seconds(claim) if claim else None
        return measured if seconds is None else measured | {"active_seconds": seconds}


def _same(file: File, principal: Principal, request: CloseReviewRequest) -> bool:
    """Whether the newest verdict in the log is the one asked for, by the same person."""
    record = file.case.closed_by or file.case.assessed
    if not record or file.who(record) != principal.key_id:
        return False
    if file.part(record, "action") != request.action:
        return False
    return request.action != "edit" or file.part(record, "text") == request.text


def _checked(request: CloseReviewRequest) -> Principal:
    principal = reviewer(request.principal)
    if request.action not in CLOSINGS:
        raise InvalidInput("review.action", "Välj approve, edit eller reject. (Choose one of them.)")
    if request.action == "edit" and not request.text.strip():
        raise InvalidInput("review.text", "Skriv den nya texten. (Write the new text.)")
    if request.action == "reject" and not request.reason.strip():
        raise InvalidInput("review.reason", "Skriv varför svaret avvisas. (Write why it is rejected.)")
    if len(request.text) > MAX_TEXT_CHARS or len(request.reason) > MAX_TEXT_CHARS:
        raise InvalidInput("review.text", f"Texten får vara högst {MAX_TEXT_CHARS} tecken. (The text is too long.)")
    return principal


def _new_text(request: CloseReviewRequest) -> str:
    return request.text if request.action == "edit" else ""
