"""`/review/reports`: what colleagues have told of documents, for their owners to deal with."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.asker import TheParts
from allmanning.gateway.desk import Desk
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.rendering import render
from allmanning.gateway.reports import KINDS, MAX_CHARS, Reports
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/review/reports")


@router.get("")
async def reported_page(
    request: Request, parts: TheParts, settled: bool = False, document: Annotated[str, Query(max_length=128)] = ""
) -> Response:
    """Of your unit's documents, the oldest first; an administrator sees all."""
    asker = staff(request, Permission.REVIEWS_LIST)
    reports = Reports(Desk(parts.settings.data_dir))
    found = await reports.listed(asker.principal, document=document, settled=settled, limit=200)
    values = {"reports": found, "kinds": KINDS, "settled": settled, "max_chars": MAX_CHARS}
    return render(request, "caseworker/reported.html", values)


@router.post("/{report_id}")
async def settle(
    request: Request, parts: TheParts, report_id: str, answer: Annotated[str, Form(max_length=MAX_CHARS)] = ""
) -> Response:
    """It is dealt with."""
    asker = staff(request, Permission.REVIEWS_LIST)
    await Reports(Desk(parts.settings.data_dir)).settle(asker.principal, report_id, answer)
    return RedirectResponse("/review/reports", status_code=303)
