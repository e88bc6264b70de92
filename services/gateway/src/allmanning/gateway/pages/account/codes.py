"""Codes from an app: turn them on with a QR code, and off."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.asker import TheParts
from allmanning.gateway.pages.account.local import enrolling, last_factor, local_account
from allmanning.gateway.pages.account.overview import overview
from allmanning.gateway.pages.signin.completion import strengthen
from allmanning.gateway.pages.signin.own_path import own_path
from allmanning.gateway.parts import Parts
from allmanning.gateway.rendering import render
from allmanning.gateway.signin import ceremonies, cookies
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.totp import address_of, new_secret, picture_of
from allmanning.runtime.errors import InvalidInput, NotFound

router = APIRouter()

_KIND: Final = "totp"


async def _begun(request: Request, parts: Parts, account: Account) -> str:
    """The secret that is being set up in this browser, for this account; empty when there is none."""
    token = cookies.get_cookie(request, cookies.CEREMONY)
    facts = await parts.reception.ceremonies.look(_KIND, token)
    return parts.reception.totp.seal.opened(account, facts["secret"]) if facts else ""


@router.get("/account/codes")
async def codes_page(
    request: Request, parts: TheParts, next_path: Annotated[str, Query(max_length=4000)] = ""
) -> Response:
    """The picture for the app, and a field for its first code."""
    _, account = enrolling(request)
    secret, token = await _begun(request, parts, account), ""
    if not secret:
        secret = new_secret()
        sealed = parts.reception.totp.seal.seal(account, secret)
        token = await parts.reception.ceremonies.begin(_KIND, {"secret": sealed})
    response = _page(request, secret, next_path, wrong=False)
    if token:
        cookies.set_cookie(request, response, cookies.CEREMONY, token, lasts_s=ceremonies.LASTS_S)
    return response


@router.get("/account/codes/picture.svg")
async def picture(request: Request, parts: TheParts) -> Response:
    """The QR code. A file of its own: the page's policy lets no picture stand in the page itself.

    Raises:
        NotFound: `account.nothing_begun`.
    """
    _, account = enrolling(request)
    secret = await _begun(request, parts, account)
    if not secret:
        raise NotFound("account.nothing_begun", "Börja om på sidan Ditt konto.")
    authority = parts.keyring.authority(account.authority)
    drawn = await asyncio.to_thread(picture_of, address_of(secret, account, authority.name if authority else ""))
    return Response(drawn, media_type="image/svg+xml")


@router.post("/account/codes")
async def turn_on(
    request: Request,
    parts: TheParts,
    code: Annotated[str, Form(max_length=20)] = "",
    next_path: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Ask for codes from now on, and show the recovery codes once."""
    asker, account = enrolling(request)
    secret = await _begun(request, parts, account)
    if not secret:
        return RedirectResponse("/account/codes", status_code=303)
    if not await asyncio.to_thread(parts.reception.totp.turn_on, account, secret, code):
        return _page(request, secret, next_path, wrong=True)
    response = await _recovery(request, parts, account, next_path)
    if asker.session is not None:
        await strengthen(request, response, asker.session, "code")
    await parts.reception.ceremonies.take(_KIND, cookies.get_cookie(request, cookies.CEREMONY))
    cookies.drop_cookie(request, response, cookies.CEREMONY)
    return response


@router.post("/account/codes/recovery")
async def renew(request: Request, parts: TheParts) -> Response:
    """New recovery codes in place of the old ones."""
    asker, account = local_account(request)
    require_fresh(request, asker)
    if not account.has_totp:
        return RedirectResponse("/account", status_code=303)
    return await _recovery(request, parts, account)


@router.post("/account/codes/off")
async def turn_off(request: Request, parts: TheParts) -> Response:
    """Ask for no more codes."""
    asker, account = local_account(request)
    require_fresh(request, asker)
    if account.has_totp and parts.reception.needs_its_factor(account):
        return overview(request, asker, error=last_factor())
    await asyncio.to_thread(parts.reception.totp.turn_off, account)
    await parts.reception.changes.tell()
    return RedirectResponse("/account?done=codes_off", status_code=303)


async def _recovery(request: Request, parts: Parts, account: Account, next_path: str = "") -> Response:
    made = await asyncio.to_thread(parts.reception.recovery_codes.renew, account)
    await parts.reception.changes.tell()
    return render(request, "account/recovery.html", {"codes": made, "next_path": own_path(next_path) or "/account"})


def _page(request: Request, secret: str, next_path: str, *, wrong: bool) -> Response:
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    status = InvalidInput.status if wrong else 200
    return render(
        request,
        "account/codes.html",
        {"secret": grouped, "wrong": wrong, "next_path": own_path(next_path)},
        status=status,
    )
