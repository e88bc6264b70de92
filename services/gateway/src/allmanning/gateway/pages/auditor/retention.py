"""`/log/retention`: how long content is kept, what falls due, what is held, and its erasure by two persons."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.api import erasure_overview, erasures
from allmanning.gateway.api import retention as api
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.language import error_message, marked, page_language
from allmanning.gateway.pages.auditor.spreadsheet import csv_response
from allmanning.gateway.pages.form_page import REFUSALS, Refused, form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.swedish_day import today

router = APIRouter(prefix="/log/retention")

ERASURES: Final = {
    "counted": marked("Räknad på prov"),
    "requested": marked("Väntar på en andra person"),
    "approved": marked("Utförs nu"),
    "refused": marked("Avslagen"),
    "done": marked("Utförd"),
}
HOLDS: Final = {
    "appeal": marked("Överklagande"),
    "jo": marked("JO"),
    "court": marked("Domstol"),
    "contest": marked("Omprövning"),
}
CLASS_STATES: Final = {
    "default": marked("Inget beslut: gallras inte"),
    "proposed": marked("Föreslagen, väntar på en andra person"),
    "decided": marked("Beslutad"),
}


_DUE: Final = ("retention_class", "month", "records", "held", "floored", "plan_item")
_ERASED: Final = (
    "id",
    "state",
    "requested_at",
    "retention_class",
    "records",
    "held",
    "floored",
    "ground",
    "settled_at",
)


@router.get("")
async def retention_page(
    request: Request,
    parts: TheParts,
    decision: Annotated[str, Query(max_length=64)] = "",
    format: Literal["html", "csv", "due"] = "html",
) -> Response:
    """The whole of it on one page."""
    asker = staff(request, Permission.RETENTION_READ)
    if format == "due":
        due = (await erasure_overview.due(asker, parts))["due"]
        return csv_response("ska-gallras", _DUE, [[dict(each)[name] for name in _DUE] for each in due])
    if format == "csv":
        asked = (await erasures.erasures(asker, parts))["erasures"]
        return csv_response("gallringar", _ERASED, [[dict(each)[name] for name in _ERASED] for each in asked])
    return await _page(request, parts, asker, {"decision_ids": decision}, None)


@router.post("/classes")
async def propose(
    request: Request,
    parts: TheParts,
    keep_days: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """Propose what a class means."""
    asker = staff(request, Permission.RETENTION_WRITE)
    given = await _given(request)
    names = ("retention_class", "meaning", "plan_item", "plan_version", "decision_dnr", "reason")
    try:
        new = api.NewRetention.model_validate(
            {name: given.get(name, "") for name in names}
            | {"keep_days": int(keep_days) if keep_days.isdecimal() else keep_days or None}
        )
        await api.propose(new, asker, parts)
    except REFUSALS as error:
        return await _page(request, parts, asker, given, error)
    return RedirectResponse("/log/retention#classes", status_code=303)


@router.post("/classes/{proposal}")
async def decide(proposal: str, request: Request, parts: TheParts) -> Response:
    """Decide what somebody else has proposed."""
    asker = staff(request, Permission.RETENTION_WRITE)
    require_fresh(request, asker)
    try:
        await api.decide(proposal, asker, parts)
    except REFUSALS as error:
        return await _page(request, parts, asker, {}, error)
    return RedirectResponse("/log/retention#classes", status_code=303)


@router.post("/holds")
async def place(request: Request, parts: TheParts) -> Response:
    """Keep decisions from being erased."""
    asker = staff(request, Permission.RETENTION_WRITE)
    given = await _given(request)
    try:
        new = api.NewHold.model_validate(
            {name: given.get(name, "") for name in ("kind", "reason", "reference")}
            | {"decision_ids": given.get("decision_ids", "").split()}
        )
        await api.place(new, asker, parts)
    except REFUSALS as error:
        return await _page(request, parts, asker, given, error)
    return RedirectResponse("/log/retention#holds", status_code=303)


@router.post("/holds/{hold}")
async def lift(
    hold: str, request: Request, parts: TheParts, reason: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Let what was held be erased again."""
    asker = staff(request, Permission.RETENTION_WRITE)
    require_fresh(request, asker)
    try:
        await api.lift(hold, api.Lifting(reason=reason), asker, parts)
    except REFUSALS as error:
        return await _page(request, parts, asker, {}, error)
    return RedirectResponse("/log/retention#holds", status_code=303)


async def _given(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


async def _page(
    request: Request,
    parts: Parts,
    asker: Asker,
    given: dict[str, str],
    error: Refused | None,
) -> Response:
    classes, due, holds, requested = await asyncio.gather(
        api.retention(asker, parts),
        erasure_overview.due(asker, parts),
        api.holds(asker, parts),
        erasures.erasures(asker, parts),
    )
    language = page_language(request.query_params, request.headers)
    values = {
        # The platform's own classes have their meaning in both languages.
        "classes": [{**each, "meaning": error_message("", each["meaning"], language)} for each in classes["classes"]],
        "class_states": CLASS_STATES,
        "due": due["due"],
        "holds": holds["holds"],
        "hold_kinds": HOLDS,
        "erasures": requested["erasures"],
        "erasure_states": ERASURES,
        "given": given,
        "may": asker.may(Permission.ERASE),
        "month": today().isoformat()[:7],
    }
    return form_page(request, "auditor/retention.html", values, error)
