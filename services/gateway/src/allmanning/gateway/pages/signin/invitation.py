"""`/signin/invitation`: whoever was invited chooses their password, and is signed in."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from allmanning.gateway.asker import TheParts
from allmanning.gateway.language import page_language
from allmanning.gateway.pages.signin.client import address_of
from allmanning.gateway.pages.signin.completion import complete
from allmanning.gateway.parts import Parts
from allmanning.gateway.problems import problem
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.invitations import PATH
from allmanning.gateway.signin.password_rules import LEAST_CHARS, check_password
from allmanning.gateway.signin.throttle import guesses_from
from allmanning.runtime.errors import InvalidInput, NotFound, PlatformError

router = APIRouter()


@router.get(PATH)
async def invitation_page(
    request: Request, parts: TheParts, token: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """The form, for a link that is worth something. A mail scanner that follows the link uses nothing up."""
    return _page(request, token, parts.reception.invitations.invited(token))


@router.post(PATH)
async def accept(
    request: Request,
    parts: TheParts,
    token: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Set the password and sign in."""
    invitations = parts.reception.invitations
    account = invitations.invited(token)
    if account is None:
        await parts.reception.throttle.admit([guesses_from(address_of(request))])
        return _page(request, token, None)
    try:
        check_password(password, known_words(parts, account))
    except InvalidInput as error:
        return _page(request, token, account, error)
    if not await asyncio.to_thread(invitations.accept, token, password):
        return _page(request, token, None)
    await parts.reception.changes.tell()
    return await complete(request, account, "password", "")


def known_words(parts: Parts, account: Account) -> list[str]:
    """What a guesser knows of the account's owner."""
    authority = parts.keyring.authority(account.authority)
    return [account.name, account.authority, authority.name if authority else "", account.unit]


def _page(request: Request, token: str, account: Account | None, error: PlatformError | None = None) -> Response:
    values = {
        "token": token,
        "account": account,
        "least": LEAST_CHARS,
        "problem": problem(error, page_language(request.query_params, request.headers)) if error else None,
    }
    status = NotFound.status if account is None else error.status if error else 200
    return render(request, "signin/invitation.html", values, status=status)
