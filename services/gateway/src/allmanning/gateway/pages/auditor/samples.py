"""`/log/samples`: draw decisions that nobody could choose, judge them one by one, and say how often it went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.decisions import Decisions
from allmanning.gateway.language import marked
from allmanning.gateway.pages.auditor.decision import known_then
from allmanning.gateway.pages.auditor.filters import CHOICES, Filters, TheFilters
from allmanning.gateway.pages.auditor.reports import Report, asked, object_in, rows_of, text_in
from allmanning.gateway.pages.auditor.spreadsheet import csv_response, tasks_as_rows
from allmanning.gateway.pages.form_page import REFUSALS, Refused, form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.pages.timeline import steps
from allmanning.gateway.parts import Parts
from allmanning.gateway.pdf.making import pdf_page
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/log/samples")

_SHOWN: Final = 50
_TWO: Final = 2
STRATA: Final = {
    "": marked("Inte alls"),
    "unit": marked("Enhet"),
    "outcome": marked("Utfall"),
    "channel": marked("Kanal"),
    "language": marked("Språk"),
    "role": marked("Roll"),
}
VERDICTS: Final = {"right": marked("Rätt"), "wrong": marked("Fel"), "unclear": marked("Går inte att säga")}


@router.get("")
async def samples_page(
    request: Request, parts: TheParts, filters: TheFilters, format: Literal["html", "csv"] = "html"
) -> Response:
    """The samples, and a form to fix what a new one is drawn from."""
    asker = staff(request, Permission.INSPECT)
    if format == "csv":
        wanted = proto.ListTasks(kind="sample", limit=_SHOWN)
        return csv_response("stickprov", *tasks_as_rows(await asked(parts, asker, "tasks", wanted)))
    return await _list(request, parts, asker, filters, None)


@router.post("")
async def frame(
    request: Request,
    parts: TheParts,
    filters: TheFilters,
    stratify_by: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Fix the frame, before anybody can know what will be drawn."""
    asker = staff(request, Permission.INSPECT)
    wanted = proto.FrameSample(selection=filters.selection, stratify_by=stratify_by)
    try:
        framed = await asked(parts, asker, "frame_sample", wanted, reason=reason)
    except REFUSALS as error:
        return await _list(request, parts, asker, filters, error)
    return RedirectResponse(f"/log/samples/{text_in(framed, 'sample')}", status_code=303)


@router.get("/{sample_id}")
async def sample_page(
    sample_id: str,
    request: Request,
    parts: TheParts,
    decision: Annotated[str, Query(max_length=64)] = "",
    format: Literal["html", "csv", "pdf"] = "html",
) -> Response:
    """How the sample stands, and the decision to judge now."""
    asker = staff(request, Permission.INSPECT)
    sample = await asked(parts, asker, "show_sample", proto.ShowSample(sample_id=sample_id))
    if format == "csv":
        return _as_csv(sample)
    if format == "pdf":
        return await pdf_page(request, "auditor/sample.html", _values(sample, "", {}), "stickprov")
    return _page(request, sample, decision, {}, None)


@router.post("/{sample_id}/draw")
async def draw(
    sample_id: str, request: Request, parts: TheParts, size: Annotated[int, Form(ge=1, le=5_000)] = 30
) -> Response:
    """Draw, once."""
    asker = staff(request, Permission.INSPECT)
    try:
        await asked(parts, asker, "draw_sample", proto.DrawSample(sample_id=sample_id, size=size))
    except REFUSALS as error:
        sample = await asked(parts, asker, "show_sample", proto.ShowSample(sample_id=sample_id))
        return _page(request, sample, "", {}, error)
    return RedirectResponse(f"/log/samples/{sample_id}", status_code=303)


@router.post("/{sample_id}/open")
async def open_content(
    sample_id: str,
    request: Request,
    parts: TheParts,
    decision: Annotated[str, Form(max_length=64)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """The drawn decision as it was seen, after the reason is on record."""
    asker = staff(request, Permission.INSPECT)
    sample = await asked(parts, asker, "show_sample", proto.ShowSample(sample_id=sample_id))
    try:
        seen = await asked(parts, asker, "see", proto.SeeDecision(decision_id=decision), reason=reason)
    except REFUSALS as error:
        return _page(request, sample, decision, {}, error)
    whole = await Decisions(parts, asker, asker.principal.authority).opened(decision)
    shown = steps(whole["records"])
    opened = {"seen": seen, "steps": shown, "known": known_then(seen, shown), "reason": reason}
    return _page(request, sample, decision, opened, None)


@router.post("/{sample_id}/verdicts")
async def judge(
    sample_id: str,
    request: Request,
    parts: TheParts,
    decision: Annotated[str, Form(max_length=64)] = "",
    verdict: Annotated[str, Form(max_length=20)] = "",
    note: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Judge the decision, and go on to the next one."""
    asker = staff(request, Permission.INSPECT)
    wanted = proto.JudgeSample(sample_id=sample_id, decision_id=decision, verdict=verdict)
    try:
        sample = await asked(parts, asker, "judge_sample", wanted, reason=note)
    except REFUSALS as error:
        sample = await asked(parts, asker, "show_sample", proto.ShowSample(sample_id=sample_id))
        return _page(request, sample, decision, {"note": note}, error)
    following = _after(sample, decision)
    path = f"/log/samples/{sample_id}"
    return RedirectResponse(f"{path}?decision={following}#judge" if following else path, status_code=303)


def _unsettled(sample: Report) -> list[str]:
    """Those that fewer than two persons have judged, in the order they were drawn."""
    return [text_in(each, "decision") for each in rows_of(sample, "decisions") if len(rows_of(each, "verdicts")) < _TWO]


def _after(sample: Report, decision: str) -> str:
    """The next one to judge after a decision; from the beginning when there is none."""
    order = [text_in(each, "decision") for each in rows_of(sample, "decisions")]
    left = set(_unsettled(sample)) - {decision}
    at = order.index(decision) + 1 if decision in order else 0
    return next((each for each in (*order[at:], *order[:at]) if each in left), "")


def _as_csv(sample: Report) -> Response:
    rows = []
    for each in rows_of(sample, "decisions"):
        given = rows_of(each, "verdicts")
        cells = [text_in(one, name) for one in given for name in ("verdict", "note", "time")]
        rows.append([text_in(each, "decision"), text_in(each, "agreed"), *cells])
    header = ["beslut", "enigt", "första", "skäl", "tid", "andra", "skäl", "tid"]
    return csv_response("stickprov", header, rows)


async def _list(request: Request, parts: Parts, asker: Asker, filters: Filters, error: Refused | None) -> Response:
    tasks = await asked(parts, asker, "tasks", proto.ListTasks(kind="sample", limit=_SHOWN))
    values = {
        "tasks": rows_of(tasks, "tasks"),
        "filters": filters,
        "choices": CHOICES,
        "strata": STRATA,
    }
    return form_page(request, "auditor/samples.html", values, error)


def _page(
    request: Request,
    sample: Report,
    decision: str,
    opened: Mapping[str, object],
    error: Refused | None,
) -> Response:
    return form_page(request, "auditor/sample.html", _values(sample, decision, opened), error)


def _values(sample: Report, decision: str, opened: Mapping[str, object]) -> Mapping[str, object]:
    drawn = rows_of(sample, "decisions")
    current = decision or next(iter(_unsettled(sample)), "")
    place = next((at for at, each in enumerate(drawn, 1) if text_in(each, "decision") == current), 0)
    return {
        "seen": None,
        "steps": [],
        "known": {},
        "reason": "",
        "note": "",
        **opened,
        "sample": sample,
        "framed": object_in(sample, "framed"),
        "drawn": drawn,
        "result": object_in(sample, "result"),
        "current": current,
        "place": place,
        "verdicts": VERDICTS,
    }
