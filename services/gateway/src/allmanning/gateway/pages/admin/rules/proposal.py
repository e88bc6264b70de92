"""`/admin/rules/versions/{id}`: one version: what it changes, what it would have changed, and who settles it."""

from __future__ import annotations

from difflib import unified_diff
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.contracts.audit.v1.rules_pb import ShowRulesRequest, ShowRulesResponse
from allmanning.gateway.api import rules as api
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.pages.admin.rules.draft import Draft
from allmanning.gateway.pages.admin.rules.table_view import lines
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects
from allmanning.runtime.errors import InvalidInput, NotFound, PlatformError

router = APIRouter(prefix="/admin/rules/versions")

_TEMPLATE: Final = "admin/rules/proposal.html"


@router.get("/{version_id}")
async def proposal_page(request: Request, parts: TheParts, version_id: str) -> Response:
    """The version beside what is in force."""
    asker = staff(request, Permission.RULES_READ)
    return render(request, _TEMPLATE, await _values(asker, parts, version_id))


@router.post("/{version_id}/impact")
async def assess(request: Request, parts: TheParts, version_id: str) -> Response:
    """Work out what it would have changed in the last 30 days."""
    asker = staff(request, Permission.RULES_TRY)
    try:
        await api.assess(version_id, asker, parts)
    except PlatformError as error:
        return form_page(request, _TEMPLATE, await _values(asker, parts, version_id), error)
    return RedirectResponse(f"/admin/rules/versions/{version_id}", status_code=303)


@router.post("/{version_id}/settle")
async def settle(
    request: Request,
    parts: TheParts,
    version_id: str,
    do: Annotated[str, Form()] = "",
    reason: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Approve or reject it; the proposer can't approve."""
    asker = staff(request, Permission.RULES_WRITE)
    require_fresh(request, asker)
    try:
        if do not in {"approve", "reject"}:
            raise InvalidInput("field.invalid", "Välj att godkänna eller avslå.")
        if not reason.strip():
            raise InvalidInput("audit.reason_missing", "Skriv varför. (Say why.)")
        settling = api.Settling(reason=reason.strip())
        await (api.approve if do == "approve" else api.reject)(version_id, settling, asker, parts)
    except PlatformError as error:
        return form_page(request, _TEMPLATE, {**await _values(asker, parts, version_id), "reason": reason}, error)
    return RedirectResponse(f"/admin/rules/versions/{version_id}", status_code=303)


async def _values(asker: Asker, parts: Parts, version_id: str) -> dict[str, object]:
    authority = asker.principal.authority
    shown = await parts.bus.call(
        subjects.AUDIT_SHOW_RULES, ShowRulesRequest(authority=authority, id=version_id), ShowRulesResponse
    )
    now = await parts.bus.call(subjects.AUDIT_SHOW_RULES, ShowRulesRequest(authority=authority), ShowRulesResponse)
    known = next((each for each in shown.versions if each.id == version_id), None)
    if known is None:
        raise NotFound("rules.unknown", "Det finns inget sådant regelförslag.")
    return {
        "version": api.version(known),
        "rows": lines(Draft.from_yaml(shown.own)),
        "differences": _differences(now.own, shown.own) if known.state == "proposed" else [],
        "reason": "",
        "problem": None,
    }


def _differences(before: str, after: str) -> list[str]:
    """Lines that begin with `+` (new) or `-` (gone), three lines around each."""
    changed = unified_diff(
        Draft.from_yaml(before).to_yaml().splitlines(), Draft.from_yaml(after).to_yaml().splitlines(), lineterm="", n=3
    )
    return [line for line in changed if not line.startswith(("---", "+++", "@@"))]
