"""Add a passkey to one's account, and remove one."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.asker import TheParts
from allmanning.gateway.pages.account.local import enrolling, last_factor, local_account
from allmanning.gateway.pages.account.overview import overview
from allmanning.gateway.pages.signin.client import site_of
from allmanning.gateway.pages.signin.completion import strengthen
from allmanning.gateway.pages.signin.own_path import own_path
from allmanning.gateway.rendering import render
from allmanning.gateway.signin import ceremonies, cookies
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.passkeys import MAX_LABEL_CHARS, challenge_of
from allmanning.runtime.errors import InvalidInput

router = APIRouter()

_KIND: Final = "new_passkey"


@router.get("/account/passkey")
async def passkey_page(request: Request, next_path: Annotated[str, Query(max_length=4000)] = "") -> Response:
    """A name for the passkey, and the button that opens the browser's dialogue."""
    enrolling(request)
    values = {"label_chars": MAX_LABEL_CHARS, "next_path": own_path(next_path)}
    return render(request, "account/passkey.html", values)


@router.post("/account/passkey/options")
async def options(request: Request, parts: TheParts) -> Response:
    """What the browser needs to make one."""
    _, account = enrolling(request)
    authority = parts.keyring.authority(account.authority)
    service = authority.name if authority else account.authority
    made = parts.reception.passkeys.options_to_add(account, site_of(request), service)
    facts = {"account": account.id, "challenge": challenge_of(made)}
    token = await parts.reception.ceremonies.begin(_KIND, facts)
    response = Response(made, media_type="application/json")
    cookies.set_cookie(request, response, cookies.CEREMONY, token, lasts_s=ceremonies.LASTS_S)
    return response


@router.post("/account/passkey")
async def add(
    request: Request,
    parts: TheParts,
    credential: Annotated[str, Form(max_length=50_000)] = "",
    label: Annotated[str, Form(max_length=MAX_LABEL_CHARS)] = "",
    next_path: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Keep what the browser made."""
    asker, account = enrolling(request)
    token = cookies.get_cookie(request, cookies.CEREMONY)
    begun = await parts.reception.ceremonies.take(_KIND, token)
    # Without a challenge of ours nothing that comes is right.
    challenge = begun["challenge"] if begun and begun["account"] == account.id else ""
    try:
        await asyncio.to_thread(
            parts.reception.passkeys.add, account, site_of(request), challenge, credential, label.strip()
        )
    except InvalidInput as error:
        return overview(request, asker, error=error)
    await parts.reception.changes.tell()
    response = RedirectResponse(own_path(next_path) or "/account?done=passkey", status_code=303)
    if asker.session is not None:
        await strengthen(request, response, asker.session, "passkey")
    cookies.drop_cookie(request, response, cookies.CEREMONY)
    return response


@router.post("/account/passkey/remove")
async def remove(request: Request, parts: TheParts, passkey: Annotated[str, Form(max_length=2100)] = "") -> Response:
    """Forget one."""
    asker, account = local_account(request)
    require_fresh(request, asker)
    if parts.reception.needs_its_factor(account):
        return overview(request, asker, error=last_factor())
    if await asyncio.to_thread(parts.reception.passkeys.remove, account, passkey):
        await parts.reception.changes.tell()
    return RedirectResponse("/account?done=passkey_off", status_code=303)
