"""The use that the authority has declared, and where the measured use has left it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.contracts.audit.v1.registers_pb import (
    DeclareUseRequest,
    DeclareUseResponse,
    ListUseAlarmsRequest,
    ListUseAlarmsResponse,
    UseBand,
)
from allmanning.gateway.api.exact import Real, Whole
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/registers", tags=["registers"])

Name = Annotated[Text, Field(min_length=1, max_length=100)]


class BandIn(BaseModel):
    """The use that is expected. What is left out is not watched; `most_automated` is a share, 0 to 1."""

    least_a_month: Whole | None = Field(default=None, ge=0, le=2**31)
    most_a_month: Whole | None = Field(default=None, ge=0, le=2**31)
    groups: list[Literal["citizen", "caseworker", "auditor", "admin"]] = Field(default=[], max_length=100)
    channels: list[Name] = Field(default=[], max_length=100)
    languages: list[Name] = Field(default=[], max_length=100)
    most_automated: Real | None = Field(default=None, ge=0, le=1)
    reason: Text = Field(min_length=1, max_length=2_000)


class DeclaredOut(TypedDict):
    """The record that declares the use."""

    record: str


class AlarmOut(TypedDict):
    """Use outside the declared band in a month."""

    record: str
    at: str
    month: str
    measure: str
    value: str
    limit: str


class AlarmsOut(TypedDict):
    """Alarms, oldest first, and the band that is in force."""

    alarms: list[AlarmOut]
    band: dict[str, int | float | list[str]]
    declared_at: str


@router.get("/alarms")
async def alarms(asker: Keyed, parts: TheParts) -> AlarmsOut:
    """Where the measured use has left the declared band (AI Act art. 27(2))."""
    asker.require(Permission.REGISTERS_READ)
    request = ListUseAlarmsRequest(authority=asker.principal.authority)
    known = await parts.bus.call(subjects.AUDIT_LIST_USE_ALARMS, request, ListUseAlarmsResponse)
    return AlarmsOut(
        alarms=[
            AlarmOut(
                record=each.record_id,
                at=each.at,
                month=each.month,
                measure=each.measure,
                value=each.value,
                limit=each.limit,
            )
            for each in known.alarms
        ],
        band=_band(known.band),
        declared_at=known.declared_at,
    )


@router.put("/band")
async def declare(given: BandIn, asker: Keyed, parts: TheParts) -> DeclaredOut:
    """Declare the use that is expected; a record is written whenever the measured use leaves it."""
    asker.require(Permission.REGISTERS_WRITE)
    said = given.model_dump(exclude={"reason"}, exclude_none=True)
    request = DeclareUseRequest(principal=asker.principal, band=UseBand(**said), reason=given.reason)
    made = await parts.bus.call(subjects.AUDIT_DECLARE_USE, request, DeclareUseResponse, timeout_s=15)
    return DeclaredOut(record=made.record_id)


def _band(band: UseBand | None) -> dict[str, int | float | list[str]]:
    if band is None:
        return {}
    said: dict[str, int | float | list[str]] = {}
    if band.has_field("least_a_month"):
        said["least_a_month"] = band.least_a_month
    if band.has_field("most_a_month"):
        said["most_a_month"] = band.most_a_month
    if band.has_field("most_automated"):
        said["most_automated"] = band.most_automated
    for name, values in (("groups", band.groups), ("channels", band.channels), ("languages", band.languages)):
        if values:
            said[name] = list(values)
    return said
