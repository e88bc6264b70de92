"""`/log/replay`: what another table of rules would have made of decisions that were taken."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.contracts.audit.v1.rules_pb import ShowRulesRequest, ShowRulesResponse
from allmanning.gateway.asker import TheParts
from allmanning.gateway.pages.auditor.filters import Filters, TheFilters
from allmanning.gateway.pages.auditor.reports import Report, asked, rows_of, text_in
from allmanning.gateway.pages.auditor.spreadsheet import csv_response
from allmanning.gateway.pages.form_page import REFUSALS, Refused, form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.pages.timeline import VALUES
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/log/replay")

_AT_ONCE: Final = 500


@router.get("")
async def replay_page(request: Request, parts: TheParts, filters: TheFilters) -> Response:
    """The table in force, to change and try."""
    asker = staff(request, Permission.INSPECT)
    wanted = ShowRulesRequest(authority=asker.principal.authority)
    rules = await parts.bus.call(subjects.AUDIT_SHOW_RULES, wanted, ShowRulesResponse)
    return _page(request, filters, rules.own or rules.national, None, None)


@router.post("")
async def replay(
    request: Request,
    parts: TheParts,
    filters: TheFilters,
    table: Annotated[str, Form(max_length=400_000)] = "",
    before: Annotated[int, Form(ge=0)] = 0,
    format: Annotated[str, Form()] = "html",
) -> Response:
    """Run the newest decisions again under a table; nothing is changed by it."""
    asker = staff(request, Permission.INSPECT)
    wanted = proto.ReplayRules(selection=filters.selection, table=table, limit=_AT_ONCE, before=before)
    try:
        found = await asked(parts, asker, "replay", wanted)
    except REFUSALS as error:
        return _page(request, filters, table, None, error)
    if format == "csv":
        names = ("stage", "was", "rule", "would_be", "new_rule")
        rows = [
            [each.get("decision"), each.get("opened_at"), *(text_in(change, name) for name in names)]
            for each in rows_of(found, "decisions")
            for change in rows_of(each, "changes")
        ]
        return csv_response("omprovade-regler", ["beslut", "tid", "skede", "var", "regel", "blev", "ny regel"], rows)
    return _page(request, filters, table, found, None)


def _page(request: Request, filters: Filters, table: str, found: Report | None, error: Refused | None) -> Response:
    values = {
        "filters": filters,
        "table": table,
        "found": found,
        "verdicts": VALUES["gate.verdict"],
    }
    return form_page(request, "auditor/replay.html", values, error)
