"""Sign in with a passkey. It takes a script: the browser's own dialogue is reached in no other way."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response

from allmanning.gateway.asker import TheParts, public_authority
from allmanning.gateway.pages.signin.client import address_of, site_of
from allmanning.gateway.pages.signin.completion import begin, onward
from allmanning.gateway.signin import ceremonies, cookies
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.passkeys import challenge_of
from allmanning.gateway.signin.reception import Reception
from allmanning.gateway.signin.throttle import guesses_from
from allmanning.runtime.errors import Busy, Unauthenticated

router = APIRouter()

_KIND: Final = "passkey"


@router.post("/signin/passkey/options")
async def options(request: Request, parts: TheParts) -> Response:
    """A challenge for this browser."""
    made = parts.reception.passkeys.options_to_sign_in(site_of(request))
    token = await parts.reception.ceremonies.begin(_KIND, {"challenge": challenge_of(made)})
    response = Response(made, media_type="application/json")
    cookies.set_cookie(request, response, cookies.CEREMONY, token, lasts_s=ceremonies.LASTS_S)
    return response


def open_account(reception: Reception, account_id: str) -> Account:
    """The account, unless it is closed. Raises Unauthenticated: `passkey.unknown`."""
    account = reception.accounts.get(account_id)
    if account is None or account.disabled_at:
        raise Unauthenticated("passkey.unknown", "Kontot är stängt. Tala med den som administrerar tjänsten.")
    return account


@router.post("/signin/passkey")
async def sign_in(
    request: Request,
    parts: TheParts,
    credential: Annotated[str, Form(max_length=20_000)] = "",
    next_path: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Open a session for whoever's passkey has signed the challenge; says where to go on.

    Raises:
        Unauthenticated: `passkey.unknown`. Busy: `signin.throttled`. Unavailable: `audit.unavailable`.
    """
    reception = parts.reception
    counts = [guesses_from(address_of(request))]
    if wait_s := await reception.throttle.admit(counts):
        raise Busy("signin.throttled", "För många försök. Vänta en stund och försök igen.", retry_after_s=wait_s)
    begun = await reception.ceremonies.take(_KIND, cookies.get_cookie(request, cookies.CEREMONY))
    if begun is None:
        raise Unauthenticated("passkey.unknown", "Det tog för lång tid. Försök igen.")
    try:
        signer = await asyncio.to_thread(reception.passkeys.signer, site_of(request), begun["challenge"], credential)
        account = open_account(reception, signer)
    except Unauthenticated:
        await reception.events.failed(public_authority(request).id, "passkey", "credential")
        raise
    await reception.throttle.succeeded(counts)
    response = JSONResponse({"next": onward(request, account, next_path)})
    await begin(request, response, account, "passkey")
    cookies.drop_cookie(request, response, cookies.CEREMONY)
    return response
