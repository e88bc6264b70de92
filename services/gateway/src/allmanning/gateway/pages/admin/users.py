"""`/admin/users`: who may sign in, as what."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.pages.admin.grant_form import BLANK, ROLE_WORDS, SHORT_WORDS, GrantForm
from allmanning.gateway.pages.admin.narrowed import narrowed
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.signin.client import site_of
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import parts_of
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.invitations import PATH
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import PlatformError

router = APIRouter(prefix="/admin/users")


@router.get("")
async def users_page(request: Request, text: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Everybody with `text` in their name, and a form for one more."""
    return _page(request, staff(request, Permission.USERS_MANAGE), {"name": "", **BLANK}, text=text)


@router.post("")
async def create(
    request: Request,
    parts: TheParts,
    given: Annotated[GrantForm, Depends()],
    name: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Make an account, and show the link that its person opens it with."""
    asker = staff(request, Permission.USERS_MANAGE)
    require_fresh(request, asker)
    try:
        account = await asyncio.to_thread(
            parts.reception.accounts.create,
            asker.principal.authority,
            name,
            given.role,
            unit=given.unit,
            secret=given.secret,
            competences=given.competences,
            by=asker.holder,
        )
    except PlatformError as error:
        return _page(request, asker, {"name": name, **given.values()}, error)
    await parts.reception.changes.tell()
    return invitation_shown(request, account, await asyncio.to_thread(parts.reception.invitations.invite, account))


def invitation_shown(request: Request, account: Account, token: str) -> Response:
    """The page with the link; it is shown once and stands nowhere else."""
    link = f"{site_of(request).origin}{PATH}?token={token}"
    return render(request, "admin/invitation.html", {"account": account, "link": link})


def _page(
    request: Request, asker: Asker, given: dict[str, object], error: PlatformError | None = None, text: str = ""
) -> Response:
    reception = parts_of(request).reception
    accounts = reception.accounts.of(asker.principal.authority)
    unprotected = [each for each in accounts if each.is_local and not each.has_second_factor]
    values = {
        "accounts": narrowed(accounts, text, lambda each: each.name),
        "lacking": {each.id for each in unprotected if reception.second_factor.demanded_of_holder(each)},
        "given": given,
        "roles": ROLE_WORDS,
        "role_words": SHORT_WORDS,
    }
    return form_page(request, "admin/users.html", values, error)
