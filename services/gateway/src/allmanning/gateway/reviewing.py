"""What waits for a person, and what one does with it: as the API and the pages ask the audit service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.audit.v1.audit_pb import (
    CloseReviewRequest,
    CloseReviewResponse,
    ListReviewsRequest,
    ListReviewsResponse,
    Review,
    Work,
)
from allmanning.contracts.audit.v1.review_pb import (
    ClaimReviewRequest,
    ClaimReviewResponse,
    ListOwnVerdictsRequest,
    ListOwnVerdictsResponse,
    ObserveReviewRequest,
    ObserveReviewResponse,
    ReturnReviewRequest,
    ReturnReviewResponse,
    SendDraftRequest,
    SendDraftResponse,
)
from allmanning.gateway.parts import Parts
from allmanning.runtime import subjects
from allmanning.runtime.errors import Conflict, Forbidden, NotFound

# Each leaves a record, and is answered when that is in the log.
_TIMEOUT_S: Final = 15.0
MOST_LISTED: Final = 200


@dataclass(frozen=True)
class Reviewing:
    """The reviews that one person may take. Errors are the audit service's own."""

    parts: Parts
    principal: Principal

    async def listed(self, state: str = "", limit: int = MOST_LISTED) -> ListReviewsResponse:
        """Reviews in a state (empty: open), the overdue first, then the oldest."""
        request = ListReviewsRequest(
            authority=self.principal.authority, state=state, limit=limit, principal=self.principal
        )
        return await self.parts.bus.call(subjects.AUDIT_LIST_REVIEWS, request, ListReviewsResponse)

    async def sent(self, limit: int = MOST_LISTED) -> list[Review]:
        """The drafts that this person has sent to colleagues, newest first, with what came of them."""
        request = ListReviewsRequest(
            authority=self.principal.authority, limit=limit, principal=self.principal, sent=True
        )
        found = await self.parts.bus.call(subjects.AUDIT_LIST_REVIEWS, request, ListReviewsResponse)
        return list(found.reviews)

    async def send(self, decision_id: str, text: str, message: str) -> Review:
        """Ask a colleague to look at `text`, made from one's own answer `decision_id`; the same again opens no other.

        Raises:
            NotFound: `decision.not_found`. InvalidInput: `review.text`, `review.message`.
        """
        request = SendDraftRequest(principal=self.principal, decision_id=decision_id, text=text, message=message)
        answer = await self.parts.bus.call(subjects.AUDIT_SEND_DRAFT, request, SendDraftResponse, timeout_s=_TIMEOUT_S)
        return answer.review or Review()

    async def one(self, review_id: str) -> Review:
        """One review with each sentence's grounds, open or closed.

        Raises:
            NotFound: `review.unknown`, also for one that is for others.
        """
        request = ListReviewsRequest(
            authority=self.principal.authority, decision_id=review_id, limit=MOST_LISTED, principal=self.principal
        )
        found = await self.parts.bus.call(subjects.AUDIT_LIST_REVIEWS, request, ListReviewsResponse)
        for each in found.reviews:
            # Those of a decision come with those that contest it.
            if each.decision_id == review_id:
                return each
        raise NotFound(
            "review.unknown", "Det finns inget sådant granskningsärende som du får se. (There is no such review.)"
        )

    async def claim(self, review_id: str) -> Review:
        """Take it for a while."""
        request = ClaimReviewRequest(principal=self.principal, decision_id=review_id)
        answer = await self.parts.bus.call(
            subjects.AUDIT_CLAIM_REVIEW, request, ClaimReviewResponse, timeout_s=_TIMEOUT_S
        )
        return answer.review or Review()

    async def claim_next(self) -> Review | None:
        """What this person has already, otherwise the first in the queue that nobody has; None when there is none."""
        waiting = (await self.listed()).reviews
        for each in sorted(waiting, key=lambda known: not known.mine):
            if each.mine:
                return each
            if each.claimed_until:
                continue
            try:
                return await self.claim(each.decision_id)
            except (Conflict, Forbidden):
                # Somebody else was quicker, or this one is for a second person.
                continue
        return None

    async def give_back(self, review_id: str, note: str) -> Review:
        """Return it to the queue, with a line to the next person."""
        request = ReturnReviewRequest(principal=self.principal, decision_id=review_id, note=note)
        answer = await self.parts.bus.call(
            subjects.AUDIT_RETURN_REVIEW, request, ReturnReviewResponse, timeout_s=_TIMEOUT_S
        )
        return answer.review or Review()

    async def close(
        self, review_id: str, action: str, *, text: str = "", reason: str = "", disagreed: bool | None = None
    ) -> Review:
        """Approve, edit or reject. The same again, by the same person, gets the same answer."""
        request = CloseReviewRequest(
            principal=self.principal, decision_id=review_id, action=action, text=text, reason=reason
        )
        if disagreed is not None:
            request.disagreed = disagreed
        answer = await self.parts.bus.call(
            subjects.AUDIT_CLOSE_REVIEW, request, CloseReviewResponse, timeout_s=_TIMEOUT_S
        )
        return answer.review or Review()

    async def seen(self, review_id: str, document: str = "") -> Work:
        """Tell that a document's source was opened or, without one, that somebody is at work; what is known by then."""
        request = ObserveReviewRequest(principal=self.principal, decision_id=review_id, document=document)
        answer = await self.parts.bus.call(
            subjects.AUDIT_OBSERVE_REVIEW, request, ObserveReviewResponse, timeout_s=_TIMEOUT_S
        )
        return answer.work or Work()

    async def own_verdicts(self, limit: int = 50, before: str = "") -> ListOwnVerdictsResponse:
        """What is on record of this person's own verdicts, newest first; `before` is the `next` of an earlier page."""
        request = ListOwnVerdictsRequest(principal=self.principal, limit=limit, before=before)
        return await self.parts.bus.call(subjects.AUDIT_LIST_OWN_VERDICTS, request, ListOwnVerdictsResponse)
