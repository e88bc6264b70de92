"""`/log`: every decision, and one of them as a timeline."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from allmanning.contracts.audit.v1.audit_pb import ExportRequest, FindRequest, FindResponse
from allmanning.gateway.api.decisions import Outcome, rows
from allmanning.gateway.asker import TheParts
from allmanning.gateway.bundle import bundle_response
from allmanning.gateway.decisions import READERS, Decisions
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.pages.timeline import VALUES, steps
from allmanning.gateway.parts import Parts
from allmanning.gateway.rendering import render
from allmanning.runtime import subjects

router = APIRouter()

_ROWS = 50


@router.get("/log")
async def log_page(
    request: Request, parts: TheParts, outcome: Outcome = "", before: Annotated[int, Query(ge=0)] = 0
) -> Response:
    """The authority's decisions, newest first."""
    asker = staff(request, *READERS)
    asked = FindRequest(authority=asker.principal.authority, outcome=outcome, limit=_ROWS, before=before)
    found = rows(await parts.bus.call(subjects.AUDIT_FIND, asked, FindResponse), _ROWS)
    return render(request, "auditor/log.html", {"found": found, "outcome": outcome, "channels": VALUES["channel"]})


@router.post("/log/bundle")
async def bundle(
    request: Request,
    parts: TheParts,
    reason: Annotated[str, Form(max_length=1000)] = "",
    with_content: Annotated[bool, Form()] = False,
) -> Response:
    """The log as a ZIP."""
    asker = staff(request, *READERS)
    asked = ExportRequest(authority=asker.principal.authority, with_content=with_content)
    return await bundle_response(parts, asker, asked, reason=reason)


@router.get("/log/{decision_id}")
async def timeline_page(decision_id: str, request: Request, parts: TheParts) -> Response:
    """One decision, without content."""
    return await _timeline(request, parts, decision_id, "")


@router.post("/log/{decision_id}")
async def open_content(
    decision_id: str, request: Request, parts: TheParts, reason: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """One decision with its content, after the reason is on record."""
    return await _timeline(request, parts, decision_id, reason)


async def _timeline(request: Request, parts: Parts, decision_id: str, reason: str) -> Response:
    asker = staff(request, *READERS)
    decision = await Decisions(parts, asker, asker.principal.authority).read(decision_id, reason)
    values = {"decision": decision, "steps": steps(decision["records"]), "opened": bool(reason.strip())}
    return render(request, "auditor/timeline.html", values)
