"""The review queue: answers that the rules hold back until a person has looked."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.protocol import Records
from allmanning.audit.log.reading import ListedReview, Reading
from allmanning.audit.review.projection import CLOSINGS, REVIEW_CLOSED
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1.audit_pb import CloseReviewRequest, ListReviewsRequest, Review
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput, NotFound, Unavailable
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import Content, Json, Recorder

# The writer takes a record from the stream within some 100 ms.
PROJECTED_WITHIN_S: Final = 10.0
POLL_S: Final = 0.02
MAX_TEXT_CHARS: Final = 20_000
_REVIEWERS: Final = (Role.CASEWORKER, Role.ADMIN)


class Reviews:
    """Lists reviews and closes them, each once."""

    def __init__(self, records: Records, recorder: Recorder) -> None:
        self._records = records
        self._recorder = recorder
        self._closing: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def queue(self, request: ListReviewsRequest) -> list[Review]:
        """Reviews, oldest first, with question and draft where they are not erased."""
        authority = checked_authority(request.authority)
        return await asyncio.to_thread(self._queue, authority, request.state, request.limit, request.decision_id)

    def _queue(self, authority: str, state: str, limit: int, decision: str) -> list[Review]:
        with self._records.reading(authority) as log:
            return [_review(log, each) for each in log.reviews(state, limit, decision)]

    async def close(self, request: CloseReviewRequest) -> Review:
        """Close an open review as the principal says, and record it.

        The same person closing in the same way again gets the same answer; the first closing in the log counts.

        Raises:
            Forbidden: `review.forbidden`. InvalidInput: `review.action`, `review.text`, `review.reason`.
            NotFound: `review.unknown`. Conflict: `review.closed`.
            Unavailable: `audit.unavailable`, `review.pending` when it is recorded but not yet seen.
        """
        principal = _checked(request)
        key = (principal.authority, request.decision_id)
        async with self._closing[key]:
            review, closed_by = await self._now(*key)
            if review.state == "open":
                await self._record(principal, request)
                review, closed_by = await self._closed(*key)
        if not _same(await asyncio.to_thread(self._parts, *key, closed_by), principal, request):
            raise Conflict("review.closed", "Någon annan har redan avgjort ärendet.")
        return review

    async def _now(self, authority: str, decision: str) -> tuple[Review, str]:
        """The review as it is, and the id of the record that closed it."""

        def look() -> tuple[Review, str]:
            with self._records.reading(authority) as log:
                found = log.reviews("all", 1, decision)
                if not found:
                    raise NotFound("review.unknown", "Det finns inget sådant granskningsärende.")
                return _review(log, found[0]), found[0].closed_by

        return await asyncio.to_thread(look)

    async def _record(self, principal: Principal, request: CloseReviewRequest) -> None:
        state, outcome = CLOSINGS[request.action]
        reviewer: Json = {"key_id": principal.key_id, "role": principal.role.name.lower(), "unit": principal.unit}
        await self._recorder.record(
            REVIEW_CLOSED,
            authority=principal.authority,
            decision_id=request.decision_id,
            fields={"outcome": outcome, "review": {"state": state}},
            parts={
                "action": Content(request.action),
                "reason": Content(request.reason),
                "text": Content(_new_text(request)),
                "reviewer": Content(reviewer, retention="B"),
            },
        )

    async def _closed(self, authority: str, decision: str) -> tuple[Review, str]:
        """The review once the log shows it closed and has the closing's content."""
        deadline = asyncio.get_running_loop().time() + PROJECTED_WITHIN_S
        while asyncio.get_running_loop().time() < deadline:
            review, closed_by = await self._now(authority, decision)
            contents = await asyncio.to_thread(self._parts, authority, decision, closed_by)
            if contents:
                return review, closed_by
            await asyncio.sleep(POLL_S)
        raise Unavailable("review.pending", "Avgörandet är sparat men syns inte ännu.", retry_after_s=1)

    def _parts(self, authority: str, decision: str, record: str) -> dict[str, Json]:
        with self._records.reading(authority) as log:
            return next((_contents(log, each.leaf) for each in log.records(decision) if each.leaf.id == record), {})


def _same(closing: Mapping[str, Json], principal: Principal, request: CloseReviewRequest) -> bool:
    """Whether the closing in the log is the one asked for, by the same person."""
    reviewer = closing.get("reviewer")
    if not isinstance(reviewer, dict) or reviewer.get("key_id") != principal.key_id:
        return False
    return closing.get("action") == request.action and closing.get("text") == _new_text(request)


def _checked(request: CloseReviewRequest) -> Principal:
    principal = request.principal
    if principal is None or principal.role not in _REVIEWERS:
        raise Forbidden("review.forbidden", "Bara handläggare och administratörer får avgöra granskningsärenden.")
    checked_authority(principal.authority)
    if request.action not in CLOSINGS:
        raise InvalidInput("review.action", "Välj approve, edit eller reject.")
    if request.action == "edit" and not request.text.strip():
        raise InvalidInput("review.text", "Skriv den nya texten.")
    if request.action == "reject" and not request.reason.strip():
        raise InvalidInput("review.reason", "Skriv varför svaret avvisas.")
    if len(request.text) > MAX_TEXT_CHARS or len(request.reason) > MAX_TEXT_CHARS:
        raise InvalidInput("review.text", f"Texten får vara högst {MAX_TEXT_CHARS} tecken.")
    return principal


def _new_text(request: CloseReviewRequest) -> str:
    return request.text if request.action == "edit" else ""


def _contents(log: Reading, leaf: Leaf) -> dict[str, Json]:
    return {part.name: json.loads(part.content) for part in log.parts(leaf).values()}


def _review(log: Reading, listed: ListedReview) -> Review:
    """A review with what a reviewer needs: the newest part of each name that any record of the decision has."""
    parts: dict[str, Json] = {}
    reason = ""
    for placed in log.records(listed.decision):
        if placed.leaf.kind() == REVIEW_CLOSED and placed.leaf.id != listed.closed_by:
            continue
        contents = _contents(log, placed.leaf)
        if placed.leaf.kind() != REVIEW_CLOSED:
            reason = _text(contents.get("reason")) or placed.leaf.text("gate", "reason") or reason
        parts |= contents
    draft = _text(parts.get("draft"))
    # What the asker is told.
    told = {"approved": draft, "edited": _text(parts.get("text"))}
    return Review(
        decision_id=listed.decision,
        opened_at=listed.opened_at,
        rule_id=listed.rule_id,
        reason=reason,
        question=_text(parts.get("question")),
        draft=draft,
        state=listed.state,
        text=told.get(listed.state, ""),
    )


def _text(value: Json) -> str:
    """A part's text: the part itself, or its `text` field."""
    if isinstance(value, dict):
        value = value.get("text")
    return value if isinstance(value, str) else ""
