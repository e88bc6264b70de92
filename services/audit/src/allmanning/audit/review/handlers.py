"""What the audit service answers about reviews, and about what becomes of a decision."""

from __future__ import annotations

import random

from allmanning.audit.log.ledger import Ledger
from allmanning.audit.log.protocol import Records
from allmanning.audit.review.activity import Activity
from allmanning.audit.review.claims import Claims
from allmanning.audit.review.closing import Closing
from allmanning.audit.review.controls import Controls
from allmanning.audit.review.desk import Desk, Terms
from allmanning.audit.review.events import Events
from allmanning.audit.review.making import Making
from allmanning.audit.review.meter import Meter
from allmanning.audit.review.own_drafts import OwnDrafts
from allmanning.audit.review.reviews import Reviews
from allmanning.contracts.audit.v1.audit_pb import (
    CloseReviewRequest,
    CloseReviewResponse,
    ListReviewsRequest,
    ListReviewsResponse,
)
from allmanning.contracts.audit.v1.review_pb import (
    AddControlRequest,
    AddControlResponse,
    AddEventRequest,
    AddEventResponse,
    ClaimReviewRequest,
    ClaimReviewResponse,
    ListOwnVerdictsRequest,
    ListOwnVerdictsResponse,
    ObserveReviewRequest,
    ObserveReviewResponse,
    OversightRequest,
    OversightResponse,
    ReturnReviewRequest,
    ReturnReviewResponse,
    SendDraftRequest,
    SendDraftResponse,
)
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Answering, Endpoint
from allmanning.runtime.record import Recorder


def reviewing_of(records: Records, recorder: Recorder, asker: Recorder, terms: Terms) -> ReviewHandlers:
    """Everything that concerns reviews, put together; `asker` leaves the records of control cases."""
    desk, activity = Desk(Ledger(records, recorder), terms), Activity()
    controls = Controls(desk, asker)
    # Who must be looked at by a second person must not be foreseen.
    making = Making(desk)
    closing = Closing(desk, activity, controls, random.SystemRandom(), making)
    claims, meter, events = Claims(desk, activity), Meter(desk), Events(records, recorder, terms.contest_hours)
    own, listed = OwnDrafts(desk), Reviews(records, terms, activity)
    return ReviewHandlers(listed, claims, closing, own, controls, meter, events, making)


class ReviewHandlers:
    """One method for each request; errors are those of what it calls."""

    def __init__(
        self,
        reviews: Reviews,
        claims: Claims,
        closing: Closing,
        own: OwnDrafts,
        controls: Controls,
        meter: Meter,
        events: Events,
        making: Making,
    ) -> None:
        self._reviews = reviews
        self._claims = claims
        self._closing = closing
        self._own = own
        self._controls = controls
        self._meter = meter
        self._events = events
        self.making = making

    def endpoints(self) -> list[Answering]:
        return [
            Endpoint(subjects.AUDIT_LIST_REVIEWS, ListReviewsRequest, self.list),
            Endpoint(subjects.AUDIT_CLOSE_REVIEW, CloseReviewRequest, self.close),
            Endpoint(subjects.AUDIT_CLAIM_REVIEW, ClaimReviewRequest, self.claim),
            Endpoint(subjects.AUDIT_RETURN_REVIEW, ReturnReviewRequest, self.give_back),
            Endpoint(subjects.AUDIT_OBSERVE_REVIEW, ObserveReviewRequest, self.observe),
            Endpoint(subjects.AUDIT_LIST_OWN_VERDICTS, ListOwnVerdictsRequest, self.own_verdicts),
            Endpoint(subjects.AUDIT_SEND_DRAFT, SendDraftRequest, self.send_draft),
            Endpoint(subjects.AUDIT_ADD_CONTROL, AddControlRequest, self.add_control),
            Endpoint(subjects.AUDIT_OVERSIGHT, OversightRequest, self.oversight),
            Endpoint(subjects.AUDIT_ADD_EVENT, AddEventRequest, self.add_event),
        ]

    async def list(self, request: ListReviewsRequest) -> ListReviewsResponse:
        return await self._reviews.queue(request)

    async def close(self, request: CloseReviewRequest) -> CloseReviewResponse:
        return CloseReviewResponse(review=await self._closing.close(request))

    async def claim(self, request: ClaimReviewRequest) -> ClaimReviewResponse:
        return ClaimReviewResponse(review=await self._claims.claim(request))

    async def give_back(self, request: ReturnReviewRequest) -> ReturnReviewResponse:
        return ReturnReviewResponse(review=await self._claims.give_back(request))

    async def observe(self, request: ObserveReviewRequest) -> ObserveReviewResponse:
        return ObserveReviewResponse(work=await self._claims.observe(request))

    async def own_verdicts(self, request: ListOwnVerdictsRequest) -> ListOwnVerdictsResponse:
        return await self._meter.own(request)

    async def send_draft(self, request: SendDraftRequest) -> SendDraftResponse:
        return SendDraftResponse(review=await self._own.send(request))

    async def add_control(self, request: AddControlRequest) -> AddControlResponse:
        return AddControlResponse(decision_id=await self._controls.add(request))

    async def oversight(self, request: OversightRequest) -> OversightResponse:
        return await self._meter.read(request)

    async def add_event(self, request: AddEventRequest) -> AddEventResponse:
        return AddEventResponse(record_id=await self._events.add(request))
