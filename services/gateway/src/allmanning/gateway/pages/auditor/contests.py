"""`/log/contests`: decisions that somebody does not accept, and how far each reconsideration has come."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from allmanning.contracts.audit.v1 import erasure_pb as erasure
from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.gateway.asker import TheParts
from allmanning.gateway.language import marked
from allmanning.gateway.pages.auditor.reports import asked, counts_in, rows_of, text_in
from allmanning.gateway.pages.auditor.spreadsheet import csv_response
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.pdf.making import pdf_page
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/log/contests")

_ROWS: Final = 200
KINDS: Final = {
    "human_intervention": marked("Vill att en människa prövar"),
    "appeal": marked("Överklagande"),
    "complaint": marked("Klagomål"),
}
STATES: Final = {
    "open": marked("Prövas"),
    "approved": marked("Står fast"),
    "edited": marked("Ändrat"),
    "rejected": marked("Upphävt"),
}


@router.get("")
async def contests_page(
    request: Request,
    parts: TheParts,
    every: Annotated[bool, Query(alias="all")] = False,
    offset: Annotated[int, Query(ge=0)] = 0,
    format: Literal["html", "csv", "pdf"] = "html",
) -> Response:
    """The contests, open ones unless all are asked for, and which decisions are held from erasure."""
    asker = staff(request, Permission.INSPECT)
    wanted = proto.ListContests(all=every, limit=_ROWS, offset=offset)
    found = await asked(parts, asker, "contests", wanted)
    holds = await parts.bus.call(
        subjects.AUDIT_LIST_HOLDS,
        erasure.ListHoldsRequest(authority=asker.principal.authority),
        erasure.ListHoldsResponse,
    )
    held = {decision for hold in holds.holds for decision in hold.decision_ids}
    rows = [{**each, "held": text_in(each, "decision") in held} for each in rows_of(found, "contests")]
    if format == "csv":
        names = ("decision", "opened_at", "kind", "state", "unit", "deadline", "held")
        return csv_response("omprovningar", names, [[each.get(name) for name in names] for each in rows])
    values = {
        "rows": rows,
        "counts": counts_in(found, "counts"),
        "every": every,
        "more": offset + _ROWS if len(rows) == _ROWS else 0,
        "kinds": KINDS,
        "states": STATES,
    }
    if format == "pdf":
        return await pdf_page(request, "auditor/contests.html", values, "omprovningar")
    return render(request, "auditor/contests.html", values)
