"""A request that must first go by the sign-in, and comes back with what was typed.

Raised anywhere in a page's handler. A page is sent to the sign-in and back to its address; a form is kept
(kept_forms.py) and shown again afterwards.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from allmanning.gateway.parts import parts_of
from allmanning.gateway.problems import response_to
from allmanning.gateway.signin import cookies, kept_forms
from allmanning.gateway.signin.kept_forms import KeptForm
from allmanning.runtime.errors import Unauthenticated

SIGN_IN: Final = "/signin"
AGAIN: Final = "/signin/again"
SET_UP: Final = "/account/second-factor"


class Detour(Exception):
    """Go by `to`. `actor` is whose form it is, when that is known; a stranger's is not kept."""

    def __init__(self, to: str, actor: str) -> None:
        super().__init__(to)
        self.to = to
        self.actor = actor


async def _take(request: Request, error: Exception) -> Response:
    assert isinstance(error, Detour)  # noqa: S101 - the registration below says so; the checker can't know
    if request.headers.get("sec-fetch-dest") == "empty":
        # A script asked, which can follow no detour: the page sends the form itself when it hears this.
        message = "Du har blivit utloggad. Skicka formuläret igen, så får du logga in utan att något går förlorat."
        return response_to(request, Unauthenticated("auth.session_over", message))
    reads = request.method in {"GET", "HEAD"}
    wanted = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    next_path = {"next_path": wanted if reads else request.url.path}
    response = RedirectResponse(f"{error.to}?{urlencode(next_path)}", status_code=303)
    if reads or not error.actor:
        return response
    form = await request.form()
    kept = await parts_of(request).reception.kept_forms.keep(error.actor, KeptForm(wanted, _written(form)))
    if kept:
        cookies.set_cookie(request, response, cookies.KEPT_FORM, kept, lasts_s=kept_forms.LASTS_S)
    return response


def _written(form: FormData) -> list[tuple[str, str]]:
    """What was written or chosen; a file is not kept."""
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


def follow_detours(app: FastAPI) -> None:
    """Let every handler of `app` send people by the sign-in."""
    app.add_exception_handler(Detour, _take)
