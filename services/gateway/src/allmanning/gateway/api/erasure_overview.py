"""What falls due to be erased, and what has been, month by month."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from typing_extensions import TypedDict

from allmanning.contracts.audit.v1 import erasure_pb as proto
from allmanning.gateway.api.erasures import LONG_S
from allmanning.gateway.api.iso_day import IsoDay
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/erasures", tags=["forgetting"])


class DueOut(TypedDict):
    """What falls due of a class from a month; `held` and `floored` of them are kept back by a legal hold, or because
    logs of a high-risk use are kept for six months (AI Act 26.6).
    """

    retention_class: str
    month: str
    records: int
    held: int
    floored: int
    plan_item: str


class DuesOut(TypedDict):
    """What falls due, by class and month."""

    due: list[DueOut]


class ReportLine(TypedDict):
    """What was erased of a class on a ground; an empty class: for persons."""

    retention_class: str
    ground: str
    erasures: int
    records: int
    parts: int


class ReportOut(TypedDict):
    """A month's erasures, for arkivmyndigheten; refusals in it, and what waits and is held now."""

    month: str
    lines: list[ReportLine]
    refused: int
    waiting: int
    holds: int


@router.get("/due")
async def due(
    asker: Keyed,
    parts: TheParts,
    retention_class: Annotated[str, Query(max_length=64)] = "",
    on: IsoDay | None = None,
) -> DuesOut:
    """What falls due today, or on another day."""
    asker.require(Permission.RETENTION_READ)
    request = proto.ListDueRequest(
        authority=asker.principal.authority, retention_class=retention_class, on=on.isoformat() if on else ""
    )
    found = await parts.bus.call(subjects.AUDIT_LIST_DUE, request, proto.ListDueResponse, timeout_s=LONG_S)
    return DuesOut(
        due=[
            DueOut(
                retention_class=each.retention_class,
                month=each.month,
                records=each.records,
                held=each.held,
                floored=each.floored,
                plan_item=each.plan_item,
            )
            for each in found.due
        ]
    )


@router.get("/report")
async def report(asker: Keyed, parts: TheParts, month: Annotated[str, Query(max_length=7)]) -> ReportOut:
    """What was erased in a month (YYYY-MM), by class and ground."""
    asker.require(Permission.RETENTION_READ)
    request = proto.ReportErasuresRequest(authority=asker.principal.authority, month=month)
    found = await parts.bus.call(subjects.AUDIT_REPORT_ERASURES, request, proto.ReportErasuresResponse)
    return ReportOut(
        month=found.month,
        lines=[
            ReportLine(
                retention_class=each.retention_class,
                ground=each.ground,
                erasures=each.erasures,
                records=each.records,
                parts=each.parts,
            )
            for each in found.lines
        ],
        refused=found.refused,
        waiting=found.waiting,
        holds=found.holds,
    )
