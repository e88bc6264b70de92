"""End one's own sessions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.asker import TheParts
from allmanning.gateway.pages.staff import member

router = APIRouter()


@router.post("/account/sessions/end")
async def end(request: Request, parts: TheParts, session: Annotated[str, Form(max_length=64)] = "") -> Response:
    """End one of them, or all but this one; somebody else's stays."""
    own = member(request).session
    if own is not None:
        ending = [
            each
            for each in parts.reception.sessions.of(own.holder)
            if each.id == session or (not session and each.id != own.id)
        ]
        for each in ending:
            await parts.reception.sessions.end_of(own.holder, session_id=each.id)
            await parts.reception.events.ended(each)
    return RedirectResponse("/account?done=session", status_code=303)
