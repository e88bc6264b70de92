"""`/admin/evaluations`: how good answers and searches were when somebody measured, on which terms, and what changed."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.api import evaluations as api
from allmanning.gateway.api.evaluation_sets import question_sets
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.evaluations import Comparison, Evaluation, evaluations
from allmanning.gateway.pages.admin.evaluation_words import FIRST, KINDS, MEASURES, PINS, STATES, is_share
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import PlatformError

router = APIRouter(prefix="/admin/evaluations")

_TEMPLATE = "admin/evaluations.html"
_Id = Annotated[str, Query(max_length=100)]


@router.get("")
async def evaluations_page(request: Request, parts: TheParts, before: _Id = "", after: _Id = "") -> Response:
    """The sets of questions, every kept result, and two of them side by side."""
    asker = staff(request, Permission.EVALUATIONS_READ)
    return form_page(request, _TEMPLATE, await overview(asker, parts, before, after))


@router.post("")
async def start(
    request: Request,
    parts: TheParts,
    chosen: Annotated[str, Form(alias="set", max_length=64)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Begin a run of a set of questions, and follow it."""
    asker = staff(request, Permission.EVALUATE)
    try:
        run = await api.begin(api.RunIn(set=chosen, name=name), asker, parts)
    except PlatformError as error:
        return form_page(request, _TEMPLATE, await overview(asker, parts), error)
    return RedirectResponse(f"/admin/evaluations/runs/{run.id}", status_code=303)


async def overview(asker: Asker, parts: Parts, before: str = "", after: str = "") -> dict[str, object]:
    """What the page shows, also with a form on it that was refused."""
    authority = asker.principal.authority
    runs, sets, kept = await asyncio.gather(
        api.runs(parts).listed(authority),
        question_sets(parts).listed(authority),
        asyncio.to_thread(evaluations, parts.settings.data_dir, authority),
    )
    done = [Evaluation.of(each) for each in runs if each.state == "done"]
    results = sorted([*kept, *done], key=lambda each: each.at, reverse=True)
    by_id = {each.id: each for each in results}
    latest = {each.question_set: each for each in reversed(runs) if each.state == "done"}
    return {
        "kept": results,
        "comparison": Comparison(by_id[before], by_id[after]) if before in by_id and after in by_id else None,
        "before": before,
        "after": after,
        "kinds": KINDS,
        "first": FIRST,
        "measures": MEASURES,
        "is_share": is_share,
        "pin_names": PINS,
        "sets": sets,
        "latest": latest,
        "open": next((each for each in runs if each.open), None),
        "unfinished": [each for each in runs if each.state in ("stopped", "broken")],
        "states": STATES,
        "may": asker.may(Permission.EVALUATE),
        "name": "",
    }
