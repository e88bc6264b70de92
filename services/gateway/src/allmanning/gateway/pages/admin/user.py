"""`/admin/users/{id}`: one account."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.pages.admin.grant_form import ROLE_WORDS, SHORT_WORDS, GrantForm
from allmanning.gateway.pages.admin.users import invitation_shown
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts, parts_of
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.grant import NAMES
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import Conflict, NotFound, PlatformError

router = APIRouter(prefix="/admin/users/{account_id}")


def _account(parts: Parts, asker: Asker, account_id: str) -> Account:
    """The account, if it is of the administrator's own authority. Raises NotFound: `account.not_found`."""
    account = parts.reception.accounts.get(account_id)
    if account is None or account.authority != asker.principal.authority:
        raise NotFound("account.not_found", "Det finns inget sådant konto.")
    return account


def _other(asker: Asker, account: Account) -> None:
    """That it is somebody else's: nobody widens their own rights, or locks themselves out by mistake.

    Raises:
        Conflict: `account.own`.
    """
    if asker.principal.key_id == account.id:
        raise Conflict("account.own", "Ditt eget konto ändrar en annan administratör.")


def _of_ours(account: Account) -> None:
    """That its rights and proofs are kept here.

    Raises:
        Conflict: `account.not_local`.
    """
    if not account.is_local or account.disabled_at:
        raise Conflict("account.not_local", "Kontot är stängt, eller så bestämmer myndighetens inloggning över det.")


@router.get("")
async def user_page(account_id: str, request: Request, parts: TheParts) -> Response:
    """What the account may, and what can be done with it."""
    asker = staff(request, Permission.USERS_MANAGE)
    return _page(request, asker, _account(parts, asker, account_id))


@router.post("")
async def change(
    account_id: str, request: Request, parts: TheParts, given: Annotated[GrantForm, Depends()]
) -> Response:
    """Give other rights; the person signs in again to have them."""
    asker = staff(request, Permission.USERS_MANAGE)
    account = _account(parts, asker, account_id)
    require_fresh(request, asker)
    try:
        _other(asker, account)
        _of_ours(account)
        await asyncio.to_thread(
            parts.reception.accounts.change,
            account,
            given.role,
            unit=given.unit,
            secret=given.secret,
            competences=given.competences,
            by=asker.holder,
        )
        await parts.reception.changes.tell()
    except PlatformError as error:
        return _page(request, asker, account, error)
    return RedirectResponse(f"/admin/users/{account.id}", status_code=303)


@router.post("/state")
async def set_state(
    account_id: str,
    request: Request,
    parts: TheParts,
    state: Annotated[Literal["disabled", "enabled"], Form()],
) -> Response:
    """Close the account, at once and with all its sessions and keys, or open it again."""
    asker = staff(request, Permission.USERS_MANAGE)
    account = _account(parts, asker, account_id)
    require_fresh(request, asker)
    try:
        _other(asker, account)
    except Conflict as error:
        return _page(request, asker, account, error)
    disabled = state == "disabled"
    await asyncio.to_thread(parts.reception.accounts.set_disabled, account, disabled=disabled, by=asker.holder)
    parts.reception.changes.tell_soon()
    return RedirectResponse(f"/admin/users/{account.id}", status_code=303)


@router.post("/reset")
async def reset(account_id: str, request: Request, parts: TheParts) -> Response:
    """Take all proofs from the account, and show a new link."""
    asker = staff(request, Permission.USERS_MANAGE)
    account = _account(parts, asker, account_id)
    require_fresh(request, asker)
    try:
        _other(asker, account)
        _of_ours(account)
    except Conflict as error:
        return _page(request, asker, account, error)
    token = await asyncio.to_thread(parts.reception.invitations.reset, account, asker.holder)
    await parts.reception.changes.tell()
    return invitation_shown(request, account, token)


def _page(request: Request, asker: Asker, account: Account, error: PlatformError | None = None) -> Response:
    reception = parts_of(request).reception
    values = {
        "account": account,
        "own": asker.principal.key_id == account.id,
        "sessions": len(reception.sessions.of(account)),
        "passkeys": len(reception.passkeys.of(account)),
        "given": {
            "role": NAMES[account.role],
            "unit": account.unit,
            "secret": account.secret,
            "competences": " ".join(account.competences),
        },
        "roles": ROLE_WORDS,
        "role_words": SHORT_WORDS,
    }
    return form_page(request, "admin/user.html", values, error)
