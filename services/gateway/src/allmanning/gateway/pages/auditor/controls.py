"""`/log/controls`: who has read the log, looked at regularly by others than the readers (SoLPuL 10 §)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.language import marked
from allmanning.gateway.pages.auditor.period import ThePeriod, newest
from allmanning.gateway.pages.auditor.reports import Report, asked, object_in, rows_of, text_in
from allmanning.gateway.pages.auditor.spreadsheet import csv_response
from allmanning.gateway.pages.auditor.words import ROLES
from allmanning.gateway.pages.form_page import REFUSALS, Refused, form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.record import Json

router = APIRouter(prefix="/log/controls")

VERDICTS: Final = {
    "justified": marked("Befogad"),
    "unjustified": marked("Obefogad"),
    "unclear": marked("Går inte att säga"),
}


_COLUMNS: Final = ("control", "drawn_at", "readings", "drawn", "judged", "unjustified", "finished")


@router.get("")
async def controls_page(request: Request, parts: TheParts, format: Literal["html", "csv"] = "html") -> Response:
    """The plan, the controls that were made, and what to do next."""
    asker = staff(request, Permission.INSPECT)
    if format == "csv":
        standing = await asked(parts, asker, "show_control", proto.ShowControl())
        return csv_response("loggkontroller", _COLUMNS, [_cells(each) for each in rows_of(standing, "controls")])
    return await _list(request, parts, asker, None)


@router.post("/plan")
async def plan(
    request: Request,
    parts: TheParts,
    every_days: Annotated[int, Form()] = 0,
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Decide how often readings are looked at."""
    asker = staff(request, Permission.INSPECT)
    try:
        wanted = proto.PlanControls(every_days=max(0, min(every_days, 10_000)))
        await asked(parts, asker, "plan_controls", wanted, reason=reason)
    except REFUSALS as error:
        return await _list(request, parts, asker, error)
    return RedirectResponse("/log/controls", status_code=303)


@router.post("/draw")
async def draw(
    request: Request,
    parts: TheParts,
    period: ThePeriod,
    size: Annotated[int, Form()] = 0,
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Draw readings of the last thirty days, or of the period in the address."""
    asker = staff(request, Permission.INSPECT)
    chosen = period if period.first and period.last else newest()
    wanted = proto.DrawControl(from_=chosen.opened_from, to=chosen.opened_to, size=max(0, min(size, 10_000)))
    try:
        drawn = await asked(parts, asker, "draw_control", wanted, reason=reason)
    except REFUSALS as error:
        return await _list(request, parts, asker, error)
    return RedirectResponse(f"/log/controls/{text_in(drawn, 'control')}", status_code=303)


@router.post("/readers")
async def readers(
    request: Request,
    parts: TheParts,
    text: Annotated[str, Form(max_length=200)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Vem har läst om mig? For a person who asks."""
    asker = staff(request, Permission.INSPECT)
    try:
        found = await asked(parts, asker, "readers_of_person", proto.ListReadersOfPerson(text=text), reason=reason)
    except REFUSALS as error:
        return await _list(request, parts, asker, error)
    values = {"found": found, "usages": rows_of(found, "usages"), "roles": ROLES}
    return render(request, "auditor/readers.html", values)


@router.get("/{control_id}")
async def control_page(control_id: str, request: Request) -> Response:
    """A control; who read what is content, so it asks why first."""
    staff(request, Permission.INSPECT)
    return _control(request, control_id, {}, "", None)


@router.post("/{control_id}")
async def open_control(
    control_id: str,
    request: Request,
    parts: TheParts,
    reason: Annotated[str, Form(max_length=1000)] = "",
    record: Annotated[str, Form(max_length=64)] = "",
    verdict: Annotated[str, Form(max_length=20)] = "",
    note: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """The drawn readings, after the reason is on record; with a verdict, that one is judged first."""
    asker = staff(request, Permission.INSPECT)
    refused: Refused | None = None
    shown: dict[str, Json] = {}
    try:
        if verdict:
            wanted = proto.JudgeControl(control_id=control_id, record_id=record, verdict=verdict)
            await asked(parts, asker, "judge_control", wanted, reason=note)
    except REFUSALS as error:
        refused = error
    try:
        shown = await asked(parts, asker, "show_control", proto.ShowControl(control_id=control_id), reason=reason)
    except REFUSALS as error:
        refused = error
    return _control(request, control_id, shown, reason, refused)


def _control(request: Request, control_id: str, shown: Report, reason: str, error: Refused | None) -> Response:
    values = {
        "control_id": control_id,
        "control": shown,
        "items": rows_of(shown, "items"),
        "verdicts": VERDICTS,
        "roles": ROLES,
        "reason": reason,
    }
    return form_page(request, "auditor/control.html", values, error)


def _cells(control: Report) -> list[Json]:
    drawn, verdicts = object_in(control, "drawn"), object_in(control, "verdicts")
    known = {**control, "readings": drawn.get("readings"), "drawn": drawn.get("drawn"), **verdicts}
    return [known.get(name) for name in _COLUMNS]


async def _list(request: Request, parts: Parts, asker: Asker, error: Refused | None) -> Response:
    standing = await asked(parts, asker, "show_control", proto.ShowControl())
    values = {"standing": standing, "controls": rows_of(standing, "controls")}
    return form_page(request, "auditor/controls.html", values, error)
