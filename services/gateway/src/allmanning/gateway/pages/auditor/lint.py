"""`/log/lint`: which decisions lack what the law asks for, and a form to fill in what is missing."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.gateway.api.decision_events import Fact, Made, recorded
from allmanning.gateway.asker import TheParts
from allmanning.gateway.language import marked
from allmanning.gateway.pages.auditor.filters import CHOICES, TheFilters
from allmanning.gateway.pages.auditor.reports import asked, number_in, rows_of, text_in
from allmanning.gateway.pages.auditor.spreadsheet import csv_response
from allmanning.gateway.pages.auditor.words import ROUTES
from allmanning.gateway.pages.form_page import REFUSALS, Refused, form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.pdf.making import pdf_page
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import InvalidInput

router = APIRouter(prefix="/log/lint")

_ROWS: Final = 200
MODES: Final = {
    "official": marked("En tjänsteman"),
    "collegial": marked("Flera tillsammans"),
    "automated": marked("En automatiserad funktion"),
}


@router.get("")
async def lint_page(
    request: Request,
    parts: TheParts,
    filters: TheFilters,
    before: Annotated[int, Query(ge=0)] = 0,
    format: Literal["html", "csv", "pdf"] = "html",
) -> Response:
    """What is missing, counted and by decision."""
    asker = staff(request, Permission.INSPECT)
    wanted = proto.LintDecisions(selection=filters.selection, limit=_ROWS, before=before)
    found = await asked(parts, asker, "lint", wanted)
    decisions = rows_of(found, "decisions")
    if format == "csv":
        rows = [
            [each.get("decision"), each.get("opened_at"), each.get("unit")]
            + [text_in(breach, name) for name in ("severity", "provision", "words")]
            for each in decisions
            for breach in rows_of(each, "breaches")
        ]
        return csv_response("formkrav", ["beslut", "tid", "enhet", "allvar", "lagrum", "saknas"], rows)
    following = number_in(found, "next")
    values = {
        "filters": filters,
        "choices": CHOICES,
        "looked_at": number_in(found, "looked_at"),
        "whole": number_in(found, "whole"),
        "counts": rows_of(found, "counts"),
        "decisions": decisions,
        "older": filters.link("/log/lint", before=following) if following else "",
        "may_fill_in": asker.may(Permission.LOG_MANAGE),
    }
    if format == "pdf":
        return await pdf_page(request, "auditor/lint.html", values, "formkrav")
    return render(request, "auditor/lint.html", values)


@router.get("/{decision_id}")
async def missing_page(decision_id: str, request: Request) -> Response:
    """A form for what a decision's record lacks."""
    staff(request, Permission.LOG_MANAGE)
    return _form(request, decision_id, {}, None)


@router.post("/{decision_id}")
async def fill_in(
    decision_id: str,
    request: Request,
    parts: TheParts,
    decided_on: Annotated[str, Form(max_length=10)] = "",
    mode: Annotated[Literal["official", "collegial", "automated"], Form()] = "official",
    content: Annotated[str, Form(max_length=20_000)] = "",
    decided_by: Annotated[str, Form(max_length=2_000)] = "",
    presented_by: Annotated[str, Form(max_length=2_000)] = "",
    participated: Annotated[str, Form(max_length=2_000)] = "",
    provisions: Annotated[str, Form(max_length=2_000)] = "",
    facts: Annotated[str, Form(max_length=20_000)] = "",
    appeal_route: Annotated[
        Literal["förvaltningsbesvär", "laglighetsprövning", "ej_överklagbart", "ej_ärende"], Form()
    ] = "ej_ärende",
    delegation_ref: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Write down the decision; what the log has already stays as it is."""
    asker = staff(request, Permission.LOG_MANAGE)
    given = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    try:
        day = _day(decided_on)
        event = Made(
            type="decision.made",
            decided_on=day,
            mode=mode,
            content=content,
            decided_by=_lines(decided_by),
            presented_by=_lines(presented_by),
            participated=_lines(participated),
            provisions=_lines(provisions),
            facts=[Fact(text=each) for each in _lines(facts)],
            appeal_route=appeal_route,
            delegation_ref=delegation_ref,
        )
        await recorded(parts, asker, decision_id, event)
    except REFUSALS as error:
        return _form(request, decision_id, given, error)
    return RedirectResponse(f"/log/{decision_id}", status_code=303)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise InvalidInput(
            "field.invalid", "Skriv dagen för beslutet, ÅÅÅÅ-MM-DD. (Write the day of the decision, YYYY-MM-DD.)"
        ) from error


def _lines(written: str) -> list[str]:
    return [each.strip() for each in written.splitlines() if each.strip()]


def _form(request: Request, decision_id: str, given: dict[str, str], error: Refused | None) -> Response:
    values = {"decision_id": decision_id, "given": given, "modes": MODES, "routes": ROUTES}
    return form_page(request, "auditor/missing.html", values, error)
