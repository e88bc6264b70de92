"""How long content is kept, and what stops it from being erased."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1 import erasure_pb as proto
from allmanning.gateway.api.exact import Whole
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.idempotency.route import IdempotentRoute
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(tags=["forgetting"], route_class=IdempotentRoute)

READERS = (Role.AUDITOR, Role.ADMIN)
Short = Annotated[Text, Field(min_length=1, max_length=200)]
Reason = Annotated[Text, Field(min_length=1, max_length=2_000)]
TIMEOUT_S = 15.0


class RetentionOut(TypedDict):
    """A retention class. `keep_days` counts from the end of the record's month; null: preserved for good. `state` is
    default (the platform's: nothing is erased by it), proposed or decided.
    """

    id: str
    retention_class: str
    meaning: str
    keep_days: int | None
    plan_item: str
    plan_version: str
    decision_dnr: str
    state: str


class RetentionsOut(TypedDict):
    """What applies, and then what waits for a second person."""

    classes: list[RetentionOut]


class NewRetention(BaseModel):
    """What a class means, from the informationshanteringsplan; without `keep_days` it is preserved."""

    retention_class: Annotated[Text, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    meaning: Short
    keep_days: Annotated[Whole, Field(ge=1, le=40_000)] | None = None
    plan_item: Short
    plan_version: Short
    decision_dnr: Short
    reason: Reason


class HoldOut(TypedDict):
    """A legal hold; it stands while `lifted_at` is empty."""

    id: str
    kind: str
    decision_ids: list[str]
    placed_at: str
    lifted_at: str


class HoldsOut(TypedDict):
    """Legal holds, oldest first."""

    holds: list[HoldOut]


class NewHold(BaseModel):
    """Why these decisions may not be erased: an appeal, JO or a court. `reference` (målnummer) is sealed."""

    kind: Literal["appeal", "jo", "court"]
    decision_ids: Annotated[list[Annotated[Text, Field(max_length=64)]], Field(min_length=1, max_length=1_000)]
    reason: Reason
    reference: Annotated[Text, Field(max_length=200)] = ""


class Lifting(BaseModel):
    """Why the hold no longer stands."""

    reason: Reason


def _retention(known: proto.Retention | None) -> RetentionOut:
    known = known or proto.Retention()
    return RetentionOut(
        id=known.id,
        retention_class=known.retention_class,
        meaning=known.meaning,
        keep_days=known.keep_days if known.has_field("keep_days") else None,
        plan_item=known.plan_item,
        plan_version=known.plan_version,
        decision_dnr=known.decision_dnr,
        state=known.state,
    )


def _hold(known: proto.Hold | None) -> HoldOut:
    known = known or proto.Hold()
    return HoldOut(
        id=known.id,
        kind=known.kind,
        decision_ids=list(known.decision_ids),
        placed_at=known.placed_at,
        lifted_at=known.lifted_at,
    )


@router.get("/v1/retention")
async def retention(asker: Keyed, parts: TheParts) -> RetentionsOut:
    """The authority's retention classes."""
    asker.require(Permission.RETENTION_READ)
    request = proto.ListRetentionRequest(authority=asker.principal.authority)
    found = await parts.bus.call(subjects.AUDIT_LIST_RETENTION, request, proto.ListRetentionResponse)
    return RetentionsOut(classes=[_retention(each) for each in found.classes])


@router.post("/v1/retention", status_code=201)
async def propose(new: NewRetention, asker: Keyed, parts: TheParts) -> RetentionOut:
    """Propose what a class means; another administrator decides."""
    asker.require(Permission.RETENTION_WRITE)
    wanted = proto.Retention(
        retention_class=new.retention_class,
        meaning=new.meaning,
        plan_item=new.plan_item,
        plan_version=new.plan_version,
        decision_dnr=new.decision_dnr,
    )
    if new.keep_days is not None:
        wanted.keep_days = new.keep_days
    request = proto.ProposeRetentionRequest(principal=asker.principal, retention=wanted, reason=new.reason)
    answer = await parts.bus.call(
        subjects.AUDIT_PROPOSE_RETENTION, request, proto.ProposeRetentionResponse, timeout_s=TIMEOUT_S
    )
    return _retention(answer.retention)


@router.post("/v1/retention/{proposal}/decide")
async def decide(proposal: str, asker: Keyed, parts: TheParts) -> RetentionOut:
    """Decide what another administrator has proposed."""
    asker.require(Permission.RETENTION_WRITE)
    request = proto.DecideRetentionRequest(principal=asker.principal, id=proposal)
    answer = await parts.bus.call(
        subjects.AUDIT_DECIDE_RETENTION, request, proto.DecideRetentionResponse, timeout_s=TIMEOUT_S
    )
    return _retention(answer.retention)


@router.get("/v1/holds")
async def holds(asker: Keyed, parts: TheParts, every: Annotated[bool, Query(alias="all")] = False) -> HoldsOut:
    """The holds that stand; with `all=true` those that are lifted too."""
    asker.require(Permission.RETENTION_READ)
    request = proto.ListHoldsRequest(authority=asker.principal.authority, all=every)
    found = await parts.bus.call(subjects.AUDIT_LIST_HOLDS, request, proto.ListHoldsResponse)
    return HoldsOut(holds=[_hold(each) for each in found.holds])


@router.post("/v1/holds", status_code=201)
async def place(new: NewHold, asker: Keyed, parts: TheParts) -> HoldOut:
    """Keep decisions from being erased."""
    asker.require(Permission.RETENTION_WRITE)
    request = proto.PlaceHoldRequest(
        principal=asker.principal,
        kind=new.kind,
        decision_ids=new.decision_ids,
        reason=new.reason,
        reference=new.reference,
    )
    answer = await parts.bus.call(subjects.AUDIT_PLACE_HOLD, request, proto.PlaceHoldResponse, timeout_s=TIMEOUT_S)
    return _hold(answer.hold)


@router.post("/v1/holds/{hold}/lift")
async def lift(hold: str, lifting: Lifting, asker: Keyed, parts: TheParts) -> HoldOut:
    """Let what was held be erased again, by the rules for that."""
    asker.require(Permission.RETENTION_WRITE)
    request = proto.LiftHoldRequest(principal=asker.principal, id=hold, reason=lifting.reason)
    answer = await parts.bus.call(subjects.AUDIT_LIFT_HOLD, request, proto.LiftHoldResponse, timeout_s=TIMEOUT_S)
    return _hold(answer.hold)
