"""`/admin/rules`: the rules in force, and what has been proposed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from allmanning.contracts.audit.v1.rules_pb import ShowRulesRequest, ShowRulesResponse
from allmanning.gateway.api.rules import version
from allmanning.gateway.asker import TheParts
from allmanning.gateway.pages.admin.rules.draft import Draft
from allmanning.gateway.pages.admin.rules.table_view import lines
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/admin/rules")


@router.get("")
async def rules_page(request: Request, parts: TheParts) -> Response:
    """Both tables as tables, own rows first, and every version."""
    asker = staff(request, Permission.RULES_READ)
    asked = ShowRulesRequest(authority=asker.principal.authority)
    shown = await parts.bus.call(subjects.AUDIT_SHOW_RULES, asked, ShowRulesResponse)
    return render(
        request,
        "admin/rules/overview.html",
        {
            "own": lines(Draft.from_yaml(shown.own)),
            "national": lines(Draft.from_yaml(shown.national)),
            "rules": shown.rules,
            "versions": [version(each) for each in shown.versions],
        },
    )
