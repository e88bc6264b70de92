"""Change one's password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.asker import TheParts
from allmanning.gateway.pages.account.local import local_account
from allmanning.gateway.pages.account.overview import overview
from allmanning.gateway.pages.signin.client import address_of
from allmanning.gateway.pages.signin.completion import begin
from allmanning.gateway.pages.signin.invitation import known_words
from allmanning.gateway.signin.password_rules import check_password
from allmanning.gateway.signin.throttle import guesses_at
from allmanning.runtime.errors import Busy, Forbidden, InvalidInput

router = APIRouter()


@router.post("/account/password")
async def change(
    request: Request,
    parts: TheParts,
    old: Annotated[str, Form(max_length=2000)] = "",
    new: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Take a new password for the old one. All other sessions end: one of them may be whoever knew the old one."""
    asker, account = local_account(request)
    reception = parts.reception
    counts = guesses_at(f"change|{account.id}", address_of(request), "")
    if await reception.throttle.admit(counts):
        error = Busy("signin.throttled", "För många försök. Vänta en stund och försök igen.")
        return overview(request, asker, error=error)
    if not await reception.passwords.is_right(account, old):
        await reception.events.failed(account.authority, "password", "credential", account)
        error_ = Forbidden("password.wrong", "Det gamla lösenordet stämmer inte.")
        return overview(request, asker, error=error_)
    await reception.throttle.succeeded(counts)
    try:
        check_password(new, known_words(parts, account))
    except InvalidInput as error:
        return overview(request, asker, error=error)
    await reception.passwords.set(account, new)
    await reception.changes.tell()
    await reception.sessions.end_of(account, but=asker.session.id if asker.session else "")
    response = RedirectResponse("/account?done=password", status_code=303)
    await begin(request, response, account, "password")
    return response
