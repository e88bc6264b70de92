"""`/log/decisions`: find decisions by what the log says of them or, after a reason, by what was said in them."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.contracts.audit.v1.audit_pb import ExportRequest
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.bundle import bundle_response
from allmanning.gateway.pages.auditor.filters import CHOICES, FIELDS, Filters, TheFilters
from allmanning.gateway.pages.auditor.reports import asked, number_in, rows_of
from allmanning.gateway.pages.auditor.spreadsheet import csv_response
from allmanning.gateway.pages.auditor.words import CHANNELS, OUTCOMES
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.pdf.making import pdf_page
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.record import Json

router = APIRouter()

_ROWS: Final = 200
_PAGE_OF_CSV: Final = 500
_MOST_IN_CSV: Final = 20_000
_COLUMNS: Final = (
    "decision", "opened_at", "outcome", "rule_id", "channel", "role", "unit", "use_case", "language", "appeal_route",
)  # fmt: skip


@router.get("/log/decisions")
async def decisions_page(
    request: Request,
    parts: TheParts,
    filters: TheFilters,
    before: Annotated[int, Query(ge=0)] = 0,
    format: Literal["html", "csv", "pdf"] = "html",
) -> Response:
    """A page of decisions, newest first."""
    asker = staff(request, Permission.INSPECT)
    if format == "csv":
        return csv_response("beslut", _COLUMNS, await _every(parts, asker, filters))
    wanted = proto.FindDecisions(selection=filters.selection, limit=_ROWS, before=before)
    found = await asked(parts, asker, "find", wanted)
    following = number_in(found, "next")
    values = _values(
        filters,
        {
            "found": rows_of(found, "decisions"),
            "before": before,
            "older": filters.link("/log/decisions", before=following) if following else "",
        },
    )
    if format == "pdf":
        return await pdf_page(request, "auditor/find.html", values, "beslut")
    return render(request, "auditor/find.html", values)


@router.post("/log/decisions")
async def by_content(
    request: Request,
    parts: TheParts,
    filters: TheFilters,
    text: Annotated[str, Form(max_length=200)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
    before: Annotated[int, Form(ge=0)] = 0,
) -> Response:
    """Decisions that say these words. Their content is opened for it; the reason and each hit are recorded."""
    asker = staff(request, Permission.INSPECT)
    wanted = proto.FindDecisions(selection=filters.selection, text=text.strip(), before=before)
    found = await asked(parts, asker, "find", wanted, reason=reason) if text.strip() else {}
    values = _values(
        filters,
        {
            "found": rows_of(found, "decisions"),
            "before": before,
            "older": "",
            "text": text.strip(),
            "reason": reason,
            "looked_at": number_in(found, "looked_at"),
            "following": number_in(found, "next"),
        },
    )
    return render(request, "auditor/find.html", values)


@router.post("/log/bundle")
async def bundle(
    request: Request,
    parts: TheParts,
    filters: TheFilters,
    reason: Annotated[str, Form(max_length=1000)] = "",
    with_content: Annotated[bool, Form()] = False,
) -> Response:
    """The log of a period, or all of it, as a ZIP."""
    asker = staff(request, Permission.LOG_EXPORT)
    wanted = ExportRequest(
        authority=asker.principal.authority,
        with_content=with_content,
        start=filters.period.opened_from,
        end=filters.period.opened_to,
    )
    return await bundle_response(parts, asker, wanted, reason=reason)


async def _every(parts: Parts, asker: Asker, filters: Filters) -> list[list[Json]]:
    """The first rows of what is asked for, as many as a spreadsheet is handy for."""
    rows: list[list[Json]] = []
    before = 0
    while len(rows) < _MOST_IN_CSV:
        wanted = proto.FindDecisions(selection=filters.selection, limit=_PAGE_OF_CSV, before=before)
        found = await asked(parts, asker, "find", wanted)
        rows += [[each.get(name) for name in _COLUMNS] for each in rows_of(found, "decisions")]
        before = number_in(found, "next")
        if not before:
            break
    return rows


def _values(filters: Filters, values: dict[str, object]) -> dict[str, object]:
    return {
        "text": "",
        "reason": "",
        "looked_at": 0,
        "following": 0,
        **values,
        "filters": filters,
        "choices": CHOICES,
        "fields": FIELDS,
        "outcomes": OUTCOMES,
        "channels": CHANNELS,
    }
