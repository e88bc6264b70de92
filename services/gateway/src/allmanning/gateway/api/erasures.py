"""Erase content, by class or for a person: one asks, another settles, and a receipt tells."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.contracts.audit.v1 import erasure_pb as proto
from allmanning.gateway.api.exact import YesNo
from allmanning.gateway.api.iso_day import IsoDay
from allmanning.gateway.api.retention import TIMEOUT_S, Reason
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.idempotency.route import IdempotentRoute
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/erasures", tags=["forgetting"], route_class=IdempotentRoute)

# Counting a month of a large authority, or opening its content, takes a while.
LONG_S = 120.0
Id = Annotated[Text, Field(max_length=64)]


class ErasureOut(TypedDict):
    """An erasure. `state` is counted (a dry run), requested, approved, refused or done. The receipt: `log_records` in
    the log say it, and no backup holds it after `backup_horizon`.
    """

    id: str
    state: str
    retention_class: str
    months: list[str]
    records: int
    held: int
    floored: int
    ground: str
    decided_on: str
    requested_at: str
    settled_at: str
    keys_destroyed_at: str
    backup_horizon: str
    log_records: list[str]
    record_ids: list[str]


class ErasuresOut(TypedDict):
    """Erasures, newest first."""

    erasures: list[ErasureOut]


class NewErasure(BaseModel):
    """Gallring: `retention_class` and `until_month` (YYYY-MM); the ground is the class's decision if none is given.
    For a person: `record_ids` and a ground, "GDPR 17.1.a" to "GDPR 17.1.f". `subject` is sealed.
    """

    retention_class: Annotated[Text, Field(max_length=64)] = ""
    until_month: Annotated[Text, Field(max_length=7)] = ""
    record_ids: Annotated[list[Id], Field(max_length=1_000)] = []
    ground: Annotated[Text, Field(max_length=200)] = ""
    decided_on: IsoDay | None = None
    reason: Reason
    subject: Annotated[Text, Field(max_length=200)] = ""
    dry_run: YesNo = False


class Approval(BaseModel):
    """Why the second person agrees."""

    reason: Reason


class Refusal(BaseModel):
    """Why not; for a person's request "GDPR 17.3.a" to "GDPR 17.3.e"."""

    ground: Annotated[Text, Field(min_length=1, max_length=200)]
    reason: Reason


class PersonSearch(BaseModel):
    """Words as they stand in the content, decisions, or a key. The search is recorded with its reason."""

    text: Annotated[Text, Field(max_length=200)] = ""
    decision_ids: Annotated[list[Id], Field(max_length=1_000)] = []
    key_id: Annotated[Text, Field(max_length=64)] = ""
    reason: Reason


class FoundOut(TypedDict):
    """A record that names the person, and which of its parts do."""

    record_id: str
    decision_id: str
    type: str
    time: str
    parts: list[str]
    held: bool


class FoundsOut(TypedDict):
    """What was found; `more`: not all is listed."""

    found: list[FoundOut]
    more: bool


def _erasure(known: proto.Erasure | None) -> ErasureOut:
    known = known or proto.Erasure()
    return ErasureOut(
        id=known.id,
        state=known.state,
        retention_class=known.retention_class,
        months=list(known.months),
        records=known.records,
        held=known.held,
        floored=known.floored,
        ground=known.ground,
        decided_on=known.decided_on,
        requested_at=known.requested_at,
        settled_at=known.settled_at,
        keys_destroyed_at=known.keys_destroyed_at,
        backup_horizon=known.backup_horizon,
        log_records=list(known.log_records),
        record_ids=list(known.record_ids),
    )


@router.post("/search")
async def search(asked: PersonSearch, asker: Keyed, parts: TheParts) -> FoundsOut:
    """Find the records that name a person. Content is opened for it, which is recorded, and is not told."""
    asker.require(Permission.ERASE)
    request = proto.SearchPersonRequest(
        principal=asker.principal,
        text=asked.text,
        decision_ids=asked.decision_ids,
        key_id=asked.key_id,
        reason=asked.reason,
    )
    found = await parts.bus.call(subjects.AUDIT_SEARCH_PERSON, request, proto.SearchPersonResponse, timeout_s=LONG_S)
    return FoundsOut(
        found=[
            FoundOut(
                record_id=each.record_id,
                decision_id=each.decision_id,
                type=each.type,
                time=each.time,
                parts=list(each.parts),
                held=each.held,
            )
            for each in found.found
        ],
        more=found.more,
    )


@router.get("")
async def erasures(asker: Keyed, parts: TheParts) -> ErasuresOut:
    """Every erasure that was asked for."""
    asker.require(Permission.RETENTION_READ)
    request = proto.ListErasuresRequest(authority=asker.principal.authority)
    found = await parts.bus.call(subjects.AUDIT_LIST_ERASURES, request, proto.ListErasuresResponse)
    return ErasuresOut(erasures=[_erasure(each) for each in found.erasures])


@router.get("/{erasure_id}")
async def one(erasure_id: str, asker: Keyed, parts: TheParts) -> ErasureOut:
    """An erasure with its receipt; `/v1/decisions/{id}/receipt` proves its records."""
    asker.require(Permission.RETENTION_READ)
    request = proto.ListErasuresRequest(authority=asker.principal.authority, id=erasure_id)
    found = await parts.bus.call(subjects.AUDIT_LIST_ERASURES, request, proto.ListErasuresResponse)
    return _erasure(found.erasures[0])


@router.post("", status_code=201)
async def ask(new: NewErasure, asker: Keyed, parts: TheParts) -> ErasureOut:
    """Ask for an erasure; with `dry_run` only count what it would take."""
    asker.require(Permission.ERASE)
    request = proto.RequestErasureRequest(
        principal=asker.principal,
        retention_class=new.retention_class,
        until_month=new.until_month,
        record_ids=new.record_ids,
        ground=new.ground,
        decided_on=new.decided_on.isoformat() if new.decided_on else "",
        reason=new.reason,
        subject=new.subject,
        dry_run=new.dry_run,
    )
    answer = await parts.bus.call(
        subjects.AUDIT_REQUEST_ERASURE, request, proto.RequestErasureResponse, timeout_s=LONG_S
    )
    return _erasure(answer.erasure)


@router.post("/{erasure_id}/approve")
async def approve(erasure_id: str, approval: Approval, asker: Keyed, parts: TheParts) -> ErasureOut:
    """Approve what another administrator has asked for; it is then carried out, and can't be undone."""
    asker.require(Permission.ERASE)
    request = proto.SettleErasureRequest(principal=asker.principal, id=erasure_id, approve=True, reason=approval.reason)
    answer = await parts.bus.call(
        subjects.AUDIT_SETTLE_ERASURE, request, proto.SettleErasureResponse, timeout_s=TIMEOUT_S
    )
    return _erasure(answer.erasure)


@router.post("/{erasure_id}/refuse")
async def refuse(erasure_id: str, refusal: Refusal, asker: Keyed, parts: TheParts) -> ErasureOut:
    """Refuse what another administrator has asked for."""
    asker.require(Permission.ERASE)
    request = proto.SettleErasureRequest(
        principal=asker.principal, id=erasure_id, approve=False, ground=refusal.ground, reason=refusal.reason
    )
    answer = await parts.bus.call(
        subjects.AUDIT_SETTLE_ERASURE, request, proto.SettleErasureResponse, timeout_s=TIMEOUT_S
    )
    return _erasure(answer.erasure)
