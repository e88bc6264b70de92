"""`/log/erasures`: ask for an erasure, count what it would take, let another person settle it, and read its receipt."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.api import erasure_overview
from allmanning.gateway.api import erasures as api
from allmanning.gateway.asker import TheParts
from allmanning.gateway.pages.auditor.retention import ERASURES
from allmanning.gateway.pages.auditor.spreadsheet import csv_response
from allmanning.gateway.pages.form_page import REFUSALS, Refused, form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.pdf.making import pdf_page
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.swedish_day import today

router = APIRouter(prefix="/log/erasures")


@router.get("/new")
async def new_page(
    request: Request,
    retention_class: Annotated[str, Query(max_length=64)] = "",
    until_month: Annotated[str, Query(max_length=7)] = "",
) -> Response:
    """The forms: by class, or for a person who is looked for first."""
    staff(request, Permission.ERASE)
    return _asking(request, {"retention_class": retention_class, "until_month": until_month}, None)


@router.post("/new")
async def ask(request: Request, parts: TheParts) -> Response:
    """Ask for it, or only count what it would take."""
    asker = staff(request, Permission.ERASE)
    form = await request.form()
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    said: dict[str, object] = {
        name: given.get(name, "") for name in ("retention_class", "until_month", "ground", "reason", "subject")
    }
    dry_run = given.get("act") == "count"
    if not dry_run:
        require_fresh(request, asker)
    said |= {"record_ids": [each for each in form.getlist("record_ids") if isinstance(each, str)], "dry_run": dry_run}
    try:
        erasure = await api.ask(api.NewErasure.model_validate(said), asker, parts)
    except REFUSALS as error:
        return _asking(request, given, error)
    if dry_run:
        return _asking(request, given, None, counted=erasure)
    return RedirectResponse(f"/log/erasures/{erasure['id']}", status_code=303)


@router.post("/search")
async def search(request: Request, parts: TheParts) -> Response:
    """Which records name a person. Content is opened for it, which is on record; none of it is shown."""
    asker = staff(request, Permission.ERASE)
    given = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    try:
        asked = api.PersonSearch.model_validate(
            {name: given.get(name, "") for name in ("text", "key_id", "reason")}
            | {"decision_ids": given.get("decision_ids", "").split()}
        )
        found = await api.search(asked, asker, parts)
    except REFUSALS as error:
        return _asking(request, given, error)
    return _asking(request, given, None, found=found)


@router.get("/report")
async def report_page(
    request: Request,
    parts: TheParts,
    month: Annotated[str, Query(max_length=7)] = "",
    format: Literal["html", "csv", "pdf"] = "html",
) -> Response:
    """What was erased in a month, for arkivmyndigheten."""
    asker = staff(request, Permission.RETENTION_READ)
    chosen = month or today().isoformat()[:7]
    report = await erasure_overview.report(asker, parts, chosen)
    if format == "csv":
        names = ("retention_class", "ground", "erasures", "records", "parts")
        return csv_response(
            f"gallring-{chosen}", names, [[dict(each)[name] for name in names] for each in report["lines"]]
        )
    if format == "pdf":
        return await pdf_page(request, "auditor/erasure_report.html", {"report": report}, f"gallring-{chosen}")
    return render(request, "auditor/erasure_report.html", {"report": report})


@router.get("/{erasure_id}")
async def erasure_page(
    erasure_id: str, request: Request, parts: TheParts, format: Literal["html", "pdf"] = "html"
) -> Response:
    """One erasure, as far as it has come; when it is done, its receipt."""
    asker = staff(request, Permission.RETENTION_READ)
    values = {
        "erasure": await api.one(erasure_id, asker, parts),
        "states": ERASURES,
        "may": asker.may(Permission.ERASE),
    }
    if format == "pdf":
        return await pdf_page(request, "auditor/erasure.html", values, "gallringsintyg")
    return render(request, "auditor/erasure.html", values)


@router.post("/{erasure_id}")
async def settle(
    erasure_id: str,
    request: Request,
    parts: TheParts,
    approve: Annotated[Literal["yes", "no"], Form()] = "no",
    reason: Annotated[str, Form(max_length=1000)] = "",
    ground: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """The second person's word; when it is yes, it is carried out and can't be undone."""
    asker = staff(request, Permission.ERASE)
    require_fresh(request, asker)
    try:
        if approve == "yes":
            await api.approve(erasure_id, api.Approval(reason=reason), asker, parts)
        else:
            await api.refuse(erasure_id, api.Refusal(ground=ground, reason=reason), asker, parts)
    except REFUSALS as error:
        values = {
            "erasure": await api.one(erasure_id, asker, parts),
            "states": ERASURES,
            "may": True,
        }
        return form_page(request, "auditor/erasure.html", values, error)
    return RedirectResponse(f"/log/erasures/{erasure_id}", status_code=303)


def _asking(
    request: Request,
    given: dict[str, str],
    error: Refused | None,
    *,
    found: api.FoundsOut | None = None,
    counted: api.ErasureOut | None = None,
) -> Response:
    values = {"given": given, "found": found, "counted": counted}
    return form_page(request, "auditor/erasing.html", values, error)
