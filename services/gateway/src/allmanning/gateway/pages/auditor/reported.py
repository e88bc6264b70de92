"""`/log/reports`: gallring of what people told of documents, once it is dealt with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.desk import Desk
from allmanning.gateway.pages.form_page import REFUSALS, Refused, form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.settled_reports import SettledReports
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.swedish_day import today

router = APIRouter(prefix="/log/reports")

# What the form proposes; the plan of the authority decides.
_KEPT_DAYS: Final = 365


@router.get("")
async def reports_page(request: Request, parts: TheParts) -> Response:
    """How many are kept, and the form."""
    asker = staff(request, Permission.RETENTION_READ)
    return await _page(request, parts, asker, {})


@router.post("")
async def erase(
    request: Request,
    parts: TheParts,
    before: Annotated[str, Form(max_length=10)] = "",
    ground: Annotated[str, Form(max_length=200)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
    act: Annotated[str, Form(max_length=10)] = "count",
) -> Response:
    """Count them, or erase them for good."""
    asker = staff(request, Permission.ERASE)
    given = {"before": before, "ground": ground, "reason": reason}
    reports = _reports(parts)
    if act == "erase":
        require_fresh(request, asker)
    try:
        day = _day(before)
        if act != "erase":
            counted = await reports.count(asker.principal.authority, day)
            return await _page(request, parts, asker, given, counted=counted)
        erased = await reports.erase(asker.principal, day, ground, reason)
    except REFUSALS as error:
        return await _page(request, parts, asker, given, error)
    return await _page(request, parts, asker, {}, erased=erased)


def _reports(parts: Parts) -> SettledReports:
    return SettledReports(Desk(parts.settings.data_dir), parts.recorder)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise InvalidInput("field.invalid", "Skriv dagen ÅÅÅÅ-MM-DD. (Write the day as YYYY-MM-DD.)") from error


async def _page(
    request: Request,
    parts: Parts,
    asker: Asker,
    given: dict[str, str],
    error: Refused | None = None,
    *,
    counted: int | None = None,
    erased: int | None = None,
) -> Response:
    values = {
        "kept": await _reports(parts).kept(asker.principal.authority),
        "given": {"before": (today() - timedelta(days=_KEPT_DAYS)).isoformat(), "ground": "", "reason": "", **given},
        "counted": counted,
        "erased": erased,
        "may": asker.may(Permission.ERASE),
    }
    return form_page(request, "auditor/reported.html", values, error)
