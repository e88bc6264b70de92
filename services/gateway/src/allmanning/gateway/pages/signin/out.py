"""Sign out."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.asker import TheParts, session_of
from allmanning.gateway.pages.signin.client import site_of
from allmanning.gateway.rendering import render
from allmanning.gateway.signin import cookies
from allmanning.gateway.signin.oidc.providers import Provider
from allmanning.runtime.errors import Unavailable

router = APIRouter()


@router.post("/signout")
async def sign_out(request: Request, parts: TheParts) -> Response:
    """End the session, here and in the browser; and offer to end the one at the authority's sign-in too.

    Offered as a link: `form-action 'self'` lets no form of ours lead to another site, not even by a redirect.
    """
    session = session_of(request)
    response: Response = RedirectResponse("/", status_code=303)
    if session is not None:
        await parts.reception.sessions.end(cookies.get_cookie(request, cookies.SESSION))
        await parts.reception.events.ended(session)
        for provider in parts.reception.providers.of_holder(session.holder):
            if farewell := await _farewell(provider, site_of(request).origin + "/"):
                # The page is shown to whoever is no longer signed in.
                request.cookies.clear()
                response = render(request, "signin/out.html", {"provider": provider, "farewell": farewell})
    for name in (cookies.SESSION, cookies.KEPT_FORM, cookies.CEREMONY):
        cookies.drop_cookie(request, response, name)
    return response


async def _farewell(provider: Provider, back: str) -> str:
    try:
        return await provider.farewell(back)
    except Unavailable:
        return ""
