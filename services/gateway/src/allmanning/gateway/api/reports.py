"""Tell a document's owner that it is wrong or out of date, and see what others have told."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.desk import Desk
from allmanning.gateway.reading import document_for
from allmanning.gateway.reports import MAX_CHARS, Report, Reports
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/v1/reports", tags=["documents"])


class ReportIn(BaseModel):
    """About which document, and which words of it when that is known."""

    document: Text = Field(max_length=128)
    authority: Text = Field(default="", max_length=63, description="Whose document; empty: your own authority's")
    version: Text = Field(default="", max_length=128)
    quote: Text = Field(default="", max_length=MAX_CHARS)
    kind: Literal["outdated", "wrong", "unclear", "other"]
    text: Text = Field(default="", max_length=MAX_CHARS)


class SettlingIn(BaseModel):
    """What was done about it."""

    answer: Text = Field(default="", max_length=MAX_CHARS)


class ReportOut(TypedDict):
    """`settled_at` is empty until the owner has dealt with it. Who reported is not told."""

    id: str
    document: str
    version: str
    title: str
    owner_unit: str
    quote: str
    kind: str
    text: str
    reported_at: str
    settled_at: str
    answer: str


class ReportsOut(TypedDict):
    """Oldest first."""

    reports: list[ReportOut]


class ReportMade(TypedDict):
    """Its id."""

    id: str


@router.post("", status_code=201)
async def make(given: ReportIn, asker: Keyed, parts: TheParts) -> ReportMade:
    """Report a document that you may read to its owner."""
    asker.require(Permission.SEARCH)
    authority = given.authority or asker.principal.authority
    _, about = await document_for(parts.bus, asker.principal, authority, given.document, given.version)
    reports = Reports(Desk(parts.settings.data_dir))
    return ReportMade(id=await reports.make(asker.principal, about, given.quote, given.kind, given.text))


@router.get("")
async def listed(
    asker: Keyed,
    parts: TheParts,
    document: Annotated[str, Query(max_length=128)] = "",
    settled: bool = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ReportsOut:
    """What has been reported of your unit's documents; an administrator sees all."""
    asker.require(Permission.SEARCH)
    found = await Reports(Desk(parts.settings.data_dir)).listed(
        asker.principal, document=document, settled=settled, limit=limit
    )
    return ReportsOut(reports=[_told(each) for each in found])


@router.post("/{report_id}/settle", status_code=204, response_class=Response)
async def settle(report_id: str, given: SettlingIn, asker: Keyed, parts: TheParts) -> Response:
    """It is dealt with."""
    asker.require(Permission.SEARCH)
    await Reports(Desk(parts.settings.data_dir)).settle(asker.principal, report_id, given.answer)
    return Response(status_code=204)


def _told(report: Report) -> ReportOut:
    return ReportOut(
        id=report.id,
        document=report.document,
        version=report.version,
        title=report.title,
        owner_unit=report.owner_unit,
        quote=report.quote,
        kind=report.kind,
        text=report.text,
        reported_at=report.reported_at,
        settled_at=report.settled_at,
        answer=report.answer,
    )
