"""`/log/seal`: end a log before its half-year does, because its key is known to others or is to be changed.

One person does it: a key that somebody has stolen can't wait for a second one. It is on record, and it can't be undone.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from allmanning.gateway.api import logs as api
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.language import marked
from allmanning.gateway.pages.form_page import REFUSALS, Refused, form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/log/seal")

REASONS: Final = {
    "key_rotation": marked("Nyckeln ska bytas"),
    "key_compromised": marked("Någon annan kan ha fått tag i nyckeln"),
}


@router.get("")
async def sealing_page(request: Request, parts: TheParts) -> Response:
    """What it leads to, and the form."""
    asker = staff(request, Permission.LOG_MANAGE)
    return await _page(request, parts, asker, {}, None)


@router.post("")
async def seal(
    request: Request,
    parts: TheParts,
    reason: Annotated[str, Form(max_length=20)] = "",
    text: Annotated[str, Form(max_length=2_000)] = "",
    understood: Annotated[bool, Form()] = False,
    period: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Seal the log that was shown, and tell of the one that follows."""
    asker = staff(request, Permission.LOG_MANAGE)
    require_fresh(request, asker)
    given = {"reason": reason, "text": text}
    try:
        wanted = api.Seal.model_validate({**given, "period": period})
        if not understood:
            return await _page(request, parts, asker, given, None, unread=True)
        sealed = await api.seal(wanted, asker, parts)
    except REFUSALS as error:
        return await _page(request, parts, asker, given, error)
    return render(request, "auditor/sealed.html", {"sealed": sealed})


async def _page(
    request: Request,
    parts: Parts,
    asker: Asker,
    given: dict[str, str],
    error: Refused | None,
    *,
    unread: bool = False,
) -> Response:
    known = await api.logs(asker, parts)
    values = {
        "log": next((each for each in reversed(known["logs"]) if not each["sealed"]), None),
        "reasons": REASONS,
        "given": given,
        "unread": unread,
    }
    page = form_page(request, "auditor/sealing.html", values, error)
    if unread:
        page.status_code = 400
    return page
