"""Answers that a rule holds until a person has looked at them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.contracts.audit.v1.audit_pb import DraftSentence, Ground, Review
from allmanning.contracts.audit.v1.review_pb import AddControlRequest, AddControlResponse
from allmanning.gateway.api.exact import Real, YesNo
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.idempotency.route import IdempotentRoute
from allmanning.gateway.reviewing import Reviewing
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/reviews", tags=["reviews"], route_class=IdempotentRoute)


class ReviewOut(TypedDict):
    """What waits for a person. `kind` is draft, for a held answer, contest, contact: somebody wants a person to get in
    touch, or own_draft: a caseworker asks a colleague to look. `state` is open, approved, edited or rejected; `text`
    what the asker is told, or while it is open what a first reviewer proposes. `contests` is the decision that somebody
    contests, empty for a held answer: then `decision_id` is the contest's own. `claimed_until` is empty when nobody has
    it; `mine` when the one is you. Of a contact, `draft` is the conversation, `reason` what they write, and `contests`
    the decision they were given last. Of an own draft, `draft` is what was sent, `reason` why, and `contests` the
    decision it was made from; `verdict_reason` is what the colleague who closed it wrote.
    """

    decision_id: str
    opened_at: str
    rule: str
    reason: str
    question: str
    draft: str
    state: str
    text: str
    unit: str
    competence: str
    due_at: str
    overdue: bool
    claimed_until: str
    mine: bool
    awaits_second: bool
    note: str
    contests: str
    kind: str
    legal_basis: str
    second_reviewer: bool
    contact_name: str
    contact_reach: str
    sent_by_you: bool
    verdict_reason: str
    closed_at: str


class ReviewsOut(TypedDict):
    """Held answers, overdue ones first; how many wait in your queue, are past their time, and are somebody's now."""

    reviews: list[ReviewOut]
    waiting: int
    overdue: int
    claimed: int


class Closing(BaseModel):
    """A reviewer's decision; an edit needs the new text, a rejection the reason. `disagreed`: with the machine, where
    that is not plain from the action.
    """

    action: Literal["approve", "edit", "reject"]
    text: Text = Field(default="", max_length=20_000)
    reason: Text = Field(default="", max_length=2_000)
    disagreed: YesNo | None = None


class OwnDraft(BaseModel):
    """An answer that a colleague should look at: from which decision, the words as you want to use them, and why."""

    decision_id: Text = Field(min_length=1, max_length=64)
    text: Text = Field(min_length=1, max_length=20_000)
    message: Text = Field(min_length=1, max_length=2_000)


class SentOut(TypedDict):
    """Your own drafts, newest first, with what came of them."""

    reviews: list[ReviewOut]


class Return(BaseModel):
    """What the next one should know."""

    note: Text = Field(min_length=1, max_length=2_000)


class Seen(BaseModel):
    """What the reviewer did: opened the source of a document, or, without one, is at work (send it every 15 s)."""

    document: Text = Field(default="", max_length=128)


class ControlSentence(BaseModel):
    """A sentence of the draft, and the words of a document that it seems to rest on."""

    text: Text = Field(min_length=1, max_length=5_000)
    support: Real = Field(default=0.9, ge=0, le=1)
    document: Text = Field(max_length=128)
    title: Text = Field(default="", max_length=500)
    quote: Text = Field(default="", max_length=5_000)


class Control(BaseModel):
    """A draft that is known to be wrong. It looks like others in the queue and never reaches anybody; `sentences` are
    what it shows beside its sources, and joined by line breaks they are the draft.
    """

    question: Text = Field(min_length=1, max_length=20_000)
    draft: Text = Field(min_length=1, max_length=20_000)
    fault: Text = Field(min_length=1, max_length=20_000)
    unit: Text = Field(default="", max_length=100)
    competence: Text = Field(default="", max_length=60)
    rule: Text = Field(default="", max_length=60)
    reason: Text = Field(default="", max_length=2_000)
    documents: list[Text] = Field(default=[], max_length=50)
    sentences: list[ControlSentence] = Field(default=[], max_length=50)


class ControlOut(TypedDict):
    """Which decision the control case is: tell no reviewer."""

    decision_id: str


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
        unit=known.unit,
        competence=known.competence,
        due_at=known.due_at,
        overdue=known.overdue,
        claimed_until=known.claimed_until,
        mine=known.mine,
        awaits_second=known.awaits_second,
        note=known.note,
        contests=known.contests,
        kind=known.kind,
        legal_basis=known.legal_basis,
        second_reviewer=known.second_reviewer,
        contact_name=known.contact_name,
        contact_reach=known.contact_reach,
        sent_by_you=known.sent_by_you,
        verdict_reason=known.verdict_reason,
        closed_at=known.closed_at,
    )


@router.get("")
async def reviews(
    asker: Keyed,
    parts: TheParts,
    state: Literal["open", "approved", "edited", "rejected", "all"] = "open",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReviewsOut:
    """The held answers that your unit and competences fit, an administrator all; the open ones unless others are
    asked for.
    """
    asker.require(Permission.REVIEWS_LIST)
    found = await Reviewing(parts, asker.principal).listed("" if state == "open" else state, limit)
    return ReviewsOut(
        reviews=[review(each) for each in found.reviews],
        waiting=found.waiting,
        overdue=found.overdue,
        claimed=found.claimed,
    )


@router.post("", status_code=201)
async def send(draft: OwnDraft, asker: Keyed, parts: TheParts) -> ReviewOut:
    """Have a colleague look at an answer that you asked for. You can't review it yourself, whatever your role is.
    The same words again, while they wait, open no second review.
    """
    asker.require(Permission.DRAFT_SEND)
    return review(await Reviewing(parts, asker.principal).send(draft.decision_id, draft.text, draft.message))


@router.get("/sent")
async def sent(asker: Keyed, parts: TheParts, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> SentOut:
    """What you have sent to colleagues, and what they made of it."""
    asker.require(Permission.DRAFT_SEND)
    return SentOut(reviews=[review(each) for each in await Reviewing(parts, asker.principal).sent(limit)])


@router.post("/controls", status_code=201)
async def add_control(control: Control, asker: Keyed, parts: TheParts) -> ControlOut:
    """Put a known-wrong draft in the queue, to see whether it is caught; the oversight meter counts."""
    asker.require(Permission.REVIEWS_CONTROL)
    request = AddControlRequest(
        principal=asker.principal,
        question=control.question,
        draft=control.draft,
        fault=control.fault,
        unit=control.unit,
        competence=control.competence,
        rule_id=control.rule,
        reason=control.reason,
        documents=control.documents,
        sentences=[
            DraftSentence(
                text=each.text,
                support=each.support,
                grounds=[
                    Ground(
                        document=each.document,
                        authority=asker.principal.authority,
                        title=each.title,
                        quote=each.quote,
                    )
                ],
            )
            for each in control.sentences
        ],
    )
    added = await parts.bus.call(subjects.AUDIT_ADD_CONTROL, request, AddControlResponse, timeout_s=20)
    return ControlOut(decision_id=added.decision_id)


@router.post("/{decision_id}")
async def close(decision_id: str, closing: Closing, asker: Keyed, parts: TheParts) -> ReviewOut:
    """Approve, change or reject a held answer. Where two must look, the first one's yes leaves it open for another."""
    asker.require(Permission.REVIEW)
    reviewing = Reviewing(parts, asker.principal)
    return review(
        await reviewing.close(
            decision_id, closing.action, text=closing.text, reason=closing.reason, disagreed=closing.disagreed
        )
    )


@router.post("/{decision_id}/claim")
async def claim(decision_id: str, asker: Keyed, parts: TheParts) -> ReviewOut:
    """Take a review for a while. It returns to the queue by itself when nobody works on it."""
    asker.require(Permission.REVIEW)
    return review(await Reviewing(parts, asker.principal).claim(decision_id))


@router.post("/{decision_id}/return")
async def give_back(decision_id: str, given: Return, asker: Keyed, parts: TheParts) -> ReviewOut:
    """Return a review to the queue with a note; an administrator may return what somebody else has."""
    asker.require(Permission.REVIEWS_LIST)
    return review(await Reviewing(parts, asker.principal).give_back(decision_id, given.note))


@router.post("/{decision_id}/seen", status_code=204, response_class=Response)
async def seen(decision_id: str, what: Seen, asker: Keyed, parts: TheParts) -> Response:
    """Tell that a source was opened, or that the reviewer is at work; only for who has the review."""
    asker.require(Permission.REVIEW)
    await Reviewing(parts, asker.principal).seen(decision_id, what.document)
    return Response(status_code=204)
