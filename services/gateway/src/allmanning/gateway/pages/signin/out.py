"""Sign out."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.asker import TheParts, signed_in
from allmanning.gateway.signin import cookies

router = APIRouter()


@router.post("/signout")
async def sign_out(request: Request, parts: TheParts) -> Response:
    """End the session, here and in the browser."""
    asker = signed_in(request)
    if asker is not None and asker.session is not None:
        await parts.reception.sessions.end(cookies.get_cookie(request, cookies.SESSION))
        await parts.reception.events.ended(asker.session)
    response = RedirectResponse("/", status_code=303)
    for name in (cookies.SESSION, cookies.KEPT_FORM, cookies.CEREMONY):
        cookies.drop_cookie(request, response, name)
    return response
