"""`/admin/evaluations/runs/…`: a run under way, its result, and each of its questions with what came back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.api import evaluations as api
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.evaluation.run import Run
from allmanning.gateway.pages.admin.evaluation_words import CAME, EXPECTED, MEASURES, PINS, ROLES, STATES, is_share
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import NotFound, PlatformError
from allmanning.runtime.record import now

router = APIRouter(prefix="/admin/evaluations/runs")

_TEMPLATE: Final = "admin/evaluation_run.html"
_DIGITS: Final = 6


@router.get("/{run_id}")
async def run_page(request: Request, parts: TheParts, run_id: str) -> Response:
    """How far it has come, what it gave, and what was not as the keys have it."""
    asker = staff(request, Permission.EVALUATIONS_READ)
    return form_page(request, _TEMPLATE, await _values(asker, parts, run_id))


@router.get("/{run_id}/answers/{number}")
async def answer_page(request: Request, parts: TheParts, run_id: str, number: str) -> Response:
    """One question: its key, the answer, its sources and its decision."""
    asker = staff(request, Permission.EVALUATE)
    authority = asker.principal.authority
    run, result = await api.runs(parts).one(authority, run_id), await api.runs(parts).result(authority, run_id)
    at = int(number) if number.isascii() and number.isdecimal() and len(number) <= _DIGITS else 0
    if not 1 <= at <= len(result.pairs):
        raise NotFound("evaluation.not_found", "Det finns ingen sådan mätning.")
    question, told = result.pairs[at - 1]
    check = told.judged(question)
    wrong = [place for place, each in enumerate(result.checks, start=1) if not each.right]
    values = {
        "run": run,
        "check": check,
        "told": told,
        "expected": EXPECTED,
        "came": CAME,
        "roles": ROLES,
        "previous": max((each for each in wrong if each < at), default=0),
        "next": min((each for each in wrong if each > at), default=0),
    }
    return render(request, "admin/evaluation_answer.html", values)


@router.post("/{run_id}/stop")
async def stop(request: Request, parts: TheParts, run_id: str) -> Response:
    """Ask no more questions."""
    asker = staff(request, Permission.EVALUATE)
    await api.runs(parts).stop(asker.principal.authority, run_id)
    return RedirectResponse(f"/admin/evaluations/runs/{run_id}", status_code=303)


@router.post("/{run_id}/remove")
async def remove(request: Request, parts: TheParts, run_id: str) -> Response:
    """Take its answers away."""
    asker = staff(request, Permission.EVALUATE)
    try:
        await api.runs(parts).remove(asker.principal.authority, run_id)
    except PlatformError as error:
        if error.status != 409:
            raise
        return form_page(request, _TEMPLATE, await _values(asker, parts, run_id), error)
    return RedirectResponse("/admin/evaluations", status_code=303)


async def _values(asker: Asker, parts: Parts, run_id: str) -> dict[str, object]:
    authority = asker.principal.authority
    run = await api.runs(parts).one(authority, run_id)
    result = await api.runs(parts).result(authority, run_id)
    checks = list(enumerate(result.checks, start=1))
    names = {each.id: each.name for each in parts.reception.accounts.of(authority)}
    return {
        "run": run,
        "wrong": [(number, check) for number, check in checks if not check.right],
        "right": sum(check.right for _, check in checks),
        "erased": run.answered - len(checks),
        "left_s": _left_s(run),
        "by": names.get(run.started_by, ""),
        "states": STATES,
        "expected": EXPECTED,
        "came": CAME,
        "measures": MEASURES,
        "is_share": is_share,
        "pin_names": PINS,
        "may": asker.may(Permission.EVALUATE),
    }


def _left_s(run: Run) -> int:
    """Seconds that the rest will take at the pace so far; 0 while that is not known."""
    if not run.open or not run.answered:
        return 0
    taken = datetime.fromisoformat(now()) - datetime.fromisoformat(run.started_at)
    return round(max(timedelta(), taken / run.answered * (run.asked - run.answered)).total_seconds())
