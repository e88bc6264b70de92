"""`/admin/rules`: the rules in force, and what has been proposed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from allmanning.contracts.audit.v1.rules_pb import ShowRulesRequest, ShowRulesResponse
from allmanning.gateway.api.rules import version
from allmanning.gateway.asker import TheParts
from allmanning.gateway.pages.admin.rules.draft import Draft
from allmanning.gateway.pages.admin.rules.table_view import RowLine, lines
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/admin/rules")

# The national table is everybody's; one of each authority besides.
_KEPT: Final = 64


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
            "own": _lines(shown.own),
            "national": _lines(shown.national),
            "rules": shown.rules,
            "versions": [version(each) for each in shown.versions],
        },
    )


@lru_cache(maxsize=_KEPT)
def _lines(table: str) -> Sequence[RowLine]:
    """The rows of a table's file. Tables change seldom, and reading the national one takes 40 ms of processor time."""
    return lines(Draft.from_yaml(table))
