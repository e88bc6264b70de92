"""Sign in with a name and a password, and a code where the account asks for one."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.asker import TheParts, signed_in
from allmanning.gateway.pages.signin.choices import choices_page
from allmanning.gateway.pages.signin.client import address_of
from allmanning.gateway.pages.signin.completion import complete
from allmanning.gateway.parts import parts_of
from allmanning.gateway.rendering import render
from allmanning.gateway.signin import ceremonies, cookies
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.throttle import Count, guesses_at
from allmanning.runtime.errors import Busy, Unauthenticated

router = APIRouter()

_KIND: Final = "second_factor"


@router.post("/signin/password")
async def sign_in(
    request: Request,
    parts: TheParts,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=2000)] = "",
    authority: Annotated[str, Form(max_length=63)] = "",
    next_path: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Open a session, or ask for the code. A wrong name and a wrong password are told in the same words and time."""
    reception = parts.reception
    account = reception.accounts.local(authority, name)
    current = signed_in(request)
    holder = current.session.holder if current and current.session else None
    counts = _guesses(request, f"{authority}/{name.strip().casefold()}", account)
    again = partial(choices_page, request, next_path=next_path, name=name, authority=authority, holder=holder)
    if wait_s := await reception.throttle.admit(counts):
        return again(wrong="throttled", status=Busy.status, wait_s=wait_s)
    if not await reception.passwords.is_right(account, password) or account is None:
        if parts.keyring.authority(authority):
            await reception.events.failed(authority, "password", "credential", account)
        return again(wrong="password", status=Unauthenticated.status)
    await reception.throttle.succeeded(counts)
    if not account.has_totp:
        if reception.second_factor.demanded_of_holder(account) and account.has_second_factor:
            return again(wrong="passkey", status=Unauthenticated.status)
        return await complete(request, account, "password", next_path)
    token = await reception.ceremonies.begin(_KIND, {"account": account.id, "next_path": next_path})
    response = RedirectResponse("/signin/code", status_code=303)
    cookies.set_cookie(request, response, cookies.CEREMONY, token, lasts_s=ceremonies.LASTS_S)
    return response


def _guesses(request: Request, name: str, account: Account | None) -> list[Count]:
    device = cookies.get_cookie(request, cookies.DEVICE)
    known = bool(account and parts_of(request).reception.devices.knows(account.actor, device))
    return guesses_at(name, address_of(request), device if known else "")


@router.get("/signin/code")
async def code_page(request: Request, parts: TheParts) -> Response:
    """Ask for the code."""
    token = cookies.get_cookie(request, cookies.CEREMONY)
    if await parts.reception.ceremonies.look(_KIND, token) is None:
        return RedirectResponse("/signin", status_code=303)
    return render(request, "signin/code.html", {"wrong": ""})


@router.post("/signin/code")
async def check_code(request: Request, parts: TheParts, code: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Open the session, for a code from the app or one from the paper."""
    reception = parts.reception
    token = cookies.get_cookie(request, cookies.CEREMONY)
    begun = await reception.ceremonies.look(_KIND, token)
    account = reception.accounts.get(begun["account"]) if begun else None
    if begun is None or account is None or account.disabled_at:
        return choices_page(request, next_path="", wrong="over", status=Unauthenticated.status)
    counts = _guesses(request, f"code|{account.id}", account)
    if await reception.throttle.admit(counts):
        return render(request, "signin/code.html", {"wrong": "throttled"}, status=Busy.status)
    right = await asyncio.to_thread(reception.totp.is_right, account, code)
    if not right and not await asyncio.to_thread(reception.recovery_codes.use, account, code):
        await reception.events.failed(account.authority, "code", "code", account)
        return render(request, "signin/code.html", {"wrong": "code"}, status=Unauthenticated.status)
    await reception.throttle.succeeded(counts)
    await reception.ceremonies.take(_KIND, token)
    response = await complete(request, account, "code", begun["next_path"])
    cookies.drop_cookie(request, response, cookies.CEREMONY)
    return response
