"""Somebody has proved who they are: a session begins, or goes on with a fresh proof."""

from __future__ import annotations

import asyncio

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.asker import signed_in
from allmanning.gateway.pages.signin.client import device_of
from allmanning.gateway.pages.signin.own_path import first_page, own_path
from allmanning.gateway.parts import parts_of
from allmanning.gateway.signin import cookies
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.grant import Grant
from allmanning.gateway.signin.session import Method, Session

RETURNED_FORM = "/signin/form"


async def complete(
    request: Request, holder: Grant, method: Method, next_path: str, *, claimed_two: bool = False
) -> Response:
    """Onward as `holder`, with a new token. Whoever was signed in as somebody else no longer is.

    Raises:
        Unavailable: `audit.unavailable`; then nobody is signed in.
    """
    response = RedirectResponse(onward(request, holder, next_path), status_code=303)
    await begin(request, response, holder, method, claimed_two=claimed_two)
    return response


def onward(request: Request, holder: Grant, next_path: str) -> str:
    """The form that waits, the page that was wanted, or the first page of the role."""
    if cookies.get_cookie(request, cookies.KEPT_FORM):
        return RETURNED_FORM
    return own_path(next_path) or first_page(holder.role)


async def begin(
    request: Request, response: Response, holder: Grant, method: Method, *, claimed_two: bool = False
) -> None:
    """Put the session in the response's cookie, once it is on record. Raises as `complete`."""
    parts = parts_of(request)
    current = signed_in(request)
    if current is not None and current.session is not None and current.session.holder.id == holder.id:
        await parts.reception.events.confirmed(current.session, method)
        token = await parts.reception.sessions.renew(current.session, claimed_two=claimed_two)
    else:
        replaced = cookies.get_cookie(request, cookies.SESSION)
        token, session = await parts.reception.sessions.open(
            holder, method, device_of(request), instead_of=replaced, claimed_two=claimed_two
        )
        device, known = await parts.reception.devices.seen(holder.actor, cookies.get_cookie(request, cookies.DEVICE))
        await parts.reception.events.succeeded(session, new_device=not known)
        if isinstance(holder, Account):
            await asyncio.to_thread(parts.reception.accounts.used, holder)
        cookies.set_cookie(request, response, cookies.DEVICE, device, lasts_s=parts.reception.devices.lasts_s)
    _give(request, response, token)


async def strengthen(request: Request, response: Response, session: Session, method: Method) -> None:
    """Let a session go on as one that was also proved by `method`, which was set up just now. Raises as `complete`."""
    reception = parts_of(request).reception
    await reception.events.confirmed(session, method)
    _give(request, response, await reception.sessions.renew(session, method))


def _give(request: Request, response: Response, token: str) -> None:
    # Longer than the session, so that a form sent too late is known to be this person's.
    lasts_s = parts_of(request).reception.sessions.lasts_s + 86_400
    cookies.set_cookie(request, response, cookies.SESSION, token, lasts_s=lasts_s)
