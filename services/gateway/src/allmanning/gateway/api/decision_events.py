"""What becomes of a decision later."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Body
from protobuf import Oneof
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.contracts.audit.v1 import review_pb as proto
from allmanning.gateway.api.exact import YesNo
from allmanning.gateway.api.iso_day import IsoDay
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Asker, Keyed, TheParts
from allmanning.gateway.idempotency.route import IdempotentRoute
from allmanning.gateway.parts import Parts
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/decisions", tags=["decisions"], route_class=IdempotentRoute)

Long = Annotated[Text, Field(max_length=20_000)]
Short = Annotated[Text, Field(max_length=200)]
Names = Annotated[list[Short], Field(max_length=100)]


class Fact(BaseModel):
    """A circumstance that was decisive, and the id of the record or document that shows it."""

    text: Long
    evidence: Annotated[Text, Field(max_length=128)] = ""


class Made(BaseModel):
    """The decision in writing (FL 28, 31-32 §§). Names and reasons are sealed. `reasons_omitted` and
    `communication_omitted` name the point of FL 32 § or 25 § by which they are left out.
    """

    type: Literal["decision.made"]
    decided_on: IsoDay
    mode: Literal["official", "collegial", "automated"]
    content: Long
    decided_by: Names = []
    presented_by: Names = []
    participated: Names = []
    dissent: Names = []
    provisions: Names = []
    facts: Annotated[list[Fact], Field(max_length=100)] = []
    reasons_omitted: Literal["", "1", "2", "3", "4"] = ""
    communication_omitted: Literal["", "1", "2", "3"] = ""
    appeal_route: Literal["förvaltningsbesvär", "laglighetsprövning", "ej_överklagbart", "ej_ärende"]
    delegation_ref: Short = ""


class Communicated(BaseModel):
    """The party was shown the material before the decision (FL 25 §)."""

    type: Literal["communicated"]
    communicated_on: IsoDay
    to: Long
    material: Long
    answer_by: IsoDay | None = None


class Notified(BaseModel):
    """The party was told, and how to appeal (FL 33-34 §§)."""

    type: Literal["notified"]
    notified_on: IsoDay
    how: Literal["letter", "digital", "oral", "service"]
    to: Long
    appeal_info_version: Short = ""
    appeal_until: IsoDay | None = None


class Contested(BaseModel):
    """Somebody concerned does not accept it (GDPR 22.3, FL 40-44 §§)."""

    type: Literal["contested"]
    kind: Literal["human_intervention", "appeal", "complaint"]
    by: Long = ""
    text: Long
    deadline: IsoDay | None = None


class Corrected(BaseModel):
    """Something in the record `corrects` is wrong (GDPR 16). It stays as it is; `reversed`: the outcome does not."""

    type: Literal["corrected"]
    corrects: Annotated[Text, Field(max_length=64)]
    correction: Long
    reason: Long
    reversed: YesNo = False


Happening: TypeAlias = Made | Communicated | Notified | Contested | Corrected
Event: TypeAlias = Annotated[Happening, Body(discriminator="type")]


class EventOut(TypedDict):
    """Id of the record that tells of it."""

    record_id: str


@router.post("/{decision_id}/events", status_code=201)
async def add_event(decision_id: str, event: Event, asker: Keyed, parts: TheParts) -> EventOut:
    """Record what has happened to a decision. Anybody with a key may contest; the rest is for caseworkers and
    administrators.
    """
    return EventOut(record_id=await recorded(parts, asker, decision_id, event))


async def recorded(parts: Parts, asker: Asker, decision_id: str, event: Happening) -> str:
    """The id of the record that now tells of the event; errors are the audit service's."""
    request = proto.AddEventRequest(principal=asker.principal, decision_id=decision_id, event=_message(event))
    added = await parts.bus.call(subjects.AUDIT_ADD_EVENT, request, proto.AddEventResponse)
    return added.record_id


_Message: TypeAlias = (
    Oneof[Literal["made"], proto.DecisionMade]
    | Oneof[Literal["communicated"], proto.DecisionCommunicated]
    | Oneof[Literal["notified"], proto.DecisionNotified]
    | Oneof[Literal["contested"], proto.DecisionContested]
    | Oneof[Literal["corrected"], proto.DecisionCorrected]
)


def _message(event: Happening) -> _Message:
    match event:
        case Made():
            made: Oneof[Literal["made"], proto.DecisionMade] = Oneof("made", _made(event))
            return made
        case Communicated():
            communicated: Oneof[Literal["communicated"], proto.DecisionCommunicated] = Oneof(
                "communicated",
                proto.DecisionCommunicated(
                    communicated_on=event.communicated_on.isoformat(),
                    to=event.to,
                    material=event.material,
                    answer_by=_day(event.answer_by),
                ),
            )
            return communicated
        case Notified():
            notified: Oneof[Literal["notified"], proto.DecisionNotified] = Oneof(
                "notified",
                proto.DecisionNotified(
                    notified_on=event.notified_on.isoformat(),
                    how=event.how,
                    to=event.to,
                    appeal_info_version=event.appeal_info_version,
                    appeal_until=_day(event.appeal_until),
                ),
            )
            return notified
        case Contested():
            contested: Oneof[Literal["contested"], proto.DecisionContested] = Oneof(
                "contested",
                proto.DecisionContested(kind=event.kind, by=event.by, text=event.text, deadline=_day(event.deadline)),
            )
            return contested
        case Corrected():
            corrected: Oneof[Literal["corrected"], proto.DecisionCorrected] = Oneof(
                "corrected",
                proto.DecisionCorrected(
                    corrects=event.corrects, correction=event.correction, reason=event.reason, reversed=event.reversed
                ),
            )
            return corrected


def _made(event: Made) -> proto.DecisionMade:
    return proto.DecisionMade(
        decided_on=event.decided_on.isoformat(),
        mode=event.mode,
        content=event.content,
        decided_by=event.decided_by,
        presented_by=event.presented_by,
        participated=event.participated,
        dissent=event.dissent,
        provisions=event.provisions,
        facts=[proto.DecisionMade.Fact(text=each.text, evidence=each.evidence) for each in event.facts],
        reasons_omitted=event.reasons_omitted,
        communication_omitted=event.communication_omitted,
        appeal_route=event.appeal_route,
        delegation_ref=event.delegation_ref,
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
