"""`/log/oversight`: how people review, by unit and by hour, never by person."""

from __future__ import annotations

from typing import Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from allmanning.gateway.api.oversight import OversightGroup, oversight
from allmanning.gateway.asker import TheParts
from allmanning.gateway.pages.auditor.chart import chart
from allmanning.gateway.pages.auditor.period import ThePeriod, newest, ready_made
from allmanning.gateway.pages.auditor.spreadsheet import csv_response
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.pdf.making import pdf_page
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.swedish_day import today

router = APIRouter(prefix="/log/oversight")

_COLUMNS: Final = (
    "unit", "hour", "reviews", "reviewers", "approved", "edited", "rejected", "approved_unopened", "timed",
    "seconds_per_1000_chars", "faster_than_reading", "edited_share", "reversed", "controls", "controls_caught",
)  # fmt: skip


@router.get("")
async def oversight_page(
    request: Request,
    parts: TheParts,
    chosen: ThePeriod,
    by: Literal["unit", "hour"] = "unit",
    format: Literal["html", "csv", "pdf"] = "html",
) -> Response:
    """The figures of each unit or hour with enough reviewers that none can be told."""
    asker = staff(request, Permission.OVERSIGHT_READ)
    period = chosen if chosen.first or chosen.last else newest()
    found = await oversight(asker, parts, by=by, first_day=period.first, last_day=period.last)
    if format == "csv":
        return csv_response("tillsyn", _COLUMNS, [[_cell(each, name) for name in _COLUMNS] for each in found["groups"]])
    values = {
        "found": found,
        "chart": chart([(_name(each, by), each["reviews"]) for each in found["groups"]]),
        "by": by,
        "period": period,
        "query": urlencode(period.query),
        "periods": [(name, urlencode(each.query), each == period) for name, each in ready_made(today())],
    }
    if format == "pdf":
        return await pdf_page(request, "auditor/oversight.html", values, "tillsyn")
    return render(request, "auditor/oversight.html", values)


def _name(group: OversightGroup, by: str) -> str:
    return f"kl. {group['hour']}" if by == "hour" else group["unit"] or "–"


def _cell(group: OversightGroup, name: str) -> object:
    return dict(group).get(name)
