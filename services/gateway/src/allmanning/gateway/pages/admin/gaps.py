"""`/admin/gaps`: what people ask and the documents do not answer, and a way to write what is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1.inspection_pb import ListGaps
from allmanning.gateway.api.gaps import GapsOut
from allmanning.gateway.asker import TheParts
from allmanning.gateway.inspecting import inspect
from allmanning.gateway.language import marked
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.rendering import render
from allmanning.runtime.errors import PlatformError

router = APIRouter(prefix="/admin/gaps")

PERIODS: Final[Mapping[int, str]] = {
    7: marked("Senaste veckan"),
    30: marked("Senaste 30 dagarna"),
    365: marked("Senaste året"),
}
WHY: Final[Mapping[str, str]] = {
    "not_in_sources": marked("står inte i dokumenten"),
    "out_of_scope": marked("rör något annat än dokumenten"),
    "conflicting_sources": marked("dokumenten säger emot varandra"),
    "missing": marked("något saknades i svaret"),
    "wrong": marked("svaret var fel"),
    "unclear": marked("svaret var svårt att förstå"),
    "other": marked("svaret hjälpte inte"),
}
_GROUPS: Final = 50


@router.get("")
async def gaps_page(request: Request) -> Response:
    """Questions are content: first, why somebody reads them."""
    staff(request, Role.ADMIN)
    return render(request, "admin/gaps.html", _form(30, ""))


@router.post("")
async def gaps(
    request: Request,
    parts: TheParts,
    reason: Annotated[str, Form(max_length=1000)] = "",
    days: Annotated[int, Form(ge=1, le=400)] = 30,
) -> Response:
    """The groups, most asked first; each question that is shown leaves a record of the reading."""
    asker = staff(request, Role.ADMIN)
    try:
        told = await inspect(parts, asker, "gaps", ListGaps(days=days, limit=_GROUPS), reason=reason)
    except PlatformError as error:
        return form_page(request, "admin/gaps.html", _form(days, reason), error)
    found: GapsOut = json.loads(told.report)
    return render(request, "admin/gaps.html", {**_form(days, reason), "found": found})


def _form(days: int, reason: str) -> dict[str, object]:
    return {"days": days, "reason": reason, "periods": PERIODS, "why": WHY, "found": None, "problem": None}
