"""`/review/own`: what is on record of one's own reviewing. Nothing is measured in secret."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from allmanning.contracts.audit.v1.review_pb import ListOwnVerdictsResponse
from allmanning.gateway.asker import TheParts
from allmanning.gateway.language import marked
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.rendering import render
from allmanning.gateway.reviewing import MOST_LISTED, Reviewing
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/review")

ACTIONS: Final = {"approve": marked("Godkänt"), "edit": marked("Ändrat"), "reject": marked("Avvisat")}


@router.get("/own")
async def own_page(request: Request, parts: TheParts, before: Annotated[str, Query(max_length=80)] = "") -> Response:
    """One's own verdicts, newest first, with everything that was measured."""
    asker = staff(request, Permission.REVIEW)
    found = await Reviewing(parts, asker.principal).own_verdicts(MOST_LISTED, before)
    verdicts = list(found.verdicts)
    values = {
        "verdicts": verdicts,
        "actions": ACTIONS,
        "counts": {action: sum(each.action == action for each in verdicts) for action in ACTIONS},
        "unopened": sum(_unopened(each) for each in verdicts),
        "following": found.next,
    }
    return render(request, "caseworker/own.html", values)


def _unopened(verdict: ListOwnVerdictsResponse.Verdict) -> bool:
    return verdict.action == "approve" and verdict.sources > 0 and not verdict.sources_opened
