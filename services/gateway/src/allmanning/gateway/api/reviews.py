"""Answers that a rule holds until a person has looked at them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1.audit_pb import (
    CloseReviewRequest,
    CloseReviewResponse,
    ListReviewsRequest,
    ListReviewsResponse,
    Review,
)
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/reviews", tags=["reviews"])


class ReviewOut(TypedDict):
    """A held answer. `state` is open, approved, edited or rejected; `text` what the asker is told."""

    decision_id: str
    opened_at: str
    rule: str
    reason: str
    question: str
    draft: str
    state: str
    text: str


class ReviewsOut(TypedDict):
    """Held answers."""

    reviews: list[ReviewOut]


class Closing(BaseModel):
    """A reviewer's decision; an edit needs the new text, a rejection the reason."""

    action: Literal["approve", "edit", "reject"]
    text: Text = Field(default="", max_length=20_000)
    reason: Text = Field(default="", max_length=2_000)


def review(known: Review) -> ReviewOut:
    return ReviewOut(
        decision_id=known.decision_id,
        opened_at=known.opened_at,
        rule=known.rule_id,
        reason=known.reason,
        question=known.question,
        draft=known.draft,
        state=known.state,
        text=known.text,
    )


@router.get("")
async def reviews(
    asker: Keyed,
    parts: TheParts,
    state: Literal["open", "approved", "edited", "rejected", "all"] = "open",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReviewsOut:
    """The authority's held answers; the open ones unless others are asked for."""
    asker.require(Role.CASEWORKER, Role.ADMIN)
    request = ListReviewsRequest(
        authority=asker.principal.authority, state="" if state == "open" else state, limit=limit
    )
    found = await parts.bus.call(subjects.AUDIT_LIST_REVIEWS, request, ListReviewsResponse)
    return ReviewsOut(reviews=[review(each) for each in found.reviews])


@router.post("/{decision_id}")
async def close(decision_id: str, closing: Closing, asker: Keyed, parts: TheParts) -> ReviewOut:
    """Approve, change or reject a held answer."""
    asker.require(Role.CASEWORKER)
    request = CloseReviewRequest(
        principal=asker.principal,
        decision_id=decision_id,
        action=closing.action,
        text=closing.text,
        reason=closing.reason,
    )
    closed = await parts.bus.call(subjects.AUDIT_CLOSE_REVIEW, request, CloseReviewResponse)
    return review(closed.review or Review())
