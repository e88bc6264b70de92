"""`/review`: what waits for a person, oldest first, and the next one at a press of a button."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.asker import TheParts
from allmanning.gateway.language import page_language
from allmanning.gateway.pages.caseworker.outcome import outcome_of
from allmanning.gateway.pages.caseworker.waiting import KINDS, kind_of, kinds_among, waiting
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.rendering import render
from allmanning.gateway.reviewing import MOST_LISTED, Reviewing
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/review")


@router.get("")
async def queue_page(
    request: Request,
    parts: TheParts,
    show: Literal["waiting", "mine", "free"] = "waiting",
    kind: str = "",
    done: str = "",
    of: str = "",
) -> Response:
    """The queue that the person's unit and competences fit; an administrator sees every queue."""
    asker = staff(request, Permission.REVIEWS_LIST)
    language = page_language(request.query_params, request.headers)
    found = await Reviewing(parts, asker.principal).listed()
    listed = [waiting(each, language) for each in found.reviews if kind in ("", kind_of(each))]
    mine = [each for each in listed if each.standing == "mine"]
    free = [each for each in listed if each.standing == "free"]
    values = {
        "listed": {"waiting": listed, "mine": mine, "free": free}[show],
        "show": show,
        "kind": kind,
        "kinds": [(each, KINDS.get(each, each)) for each in kinds_among(found.reviews)],
        "found": found,
        "mine": len(mine),
        "free": len(free),
        "more": found.waiting > len(found.reviews),
        "most": MOST_LISTED,
        "may_review": asker.may(Permission.REVIEW),
        "outcome": outcome_of(done, of),
    }
    return render(request, "caseworker/queue.html", values)


@router.post("/next")
async def take_next(request: Request, parts: TheParts) -> Response:
    """Go on with what one has, or take the first that nobody has."""
    asker = staff(request, Permission.REVIEW)
    following = await Reviewing(parts, asker.principal).claim_next()
    path = f"/review/{following.decision_id}" if following else "/review?done=none"
    return RedirectResponse(path, status_code=303)
