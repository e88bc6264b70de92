"""`/admin/keys`: the keys that programs come in with."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.keys import create_key, revoke_key
from allmanning.gateway.pages.admin.grant_form import BLANK, ROLE_WORDS, SHORT_WORDS, GrantForm
from allmanning.gateway.pages.admin.narrowed import narrowed
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import parts_of
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import PlatformError

router = APIRouter(prefix="/admin/keys")


@router.get("")
async def keys_page(request: Request, text: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The keys in use with `text` in what they are for, and a form for one more."""
    return _page(request, staff(request, Permission.KEYS_MANAGE), {"label": "", **BLANK}, text=text)


@router.post("")
async def create(
    request: Request,
    parts: TheParts,
    given: Annotated[GrantForm, Depends()],
    label: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Make a key, and show it once. Whoever makes it answers for what it does."""
    asker = staff(request, Permission.KEYS_MANAGE)
    require_fresh(request, asker)
    try:
        token = await asyncio.to_thread(
            create_key,
            parts.settings.data_dir,
            asker.principal.authority,
            given.role,
            unit=given.unit,
            secret=given.secret,
            competences=given.competences,
            label=label.strip(),
            by=asker.holder,
        )
    except PlatformError as error:
        return _page(request, asker, {"label": label, **given.values()}, error)
    await parts.reception.changes.tell()
    return render(request, "admin/key.html", {"key": token, "label": label.strip()})


@router.post("/end")
async def end(request: Request, parts: TheParts, key: Annotated[str, Form(max_length=64)] = "") -> Response:
    """End a key of the own authority, and every session opened with it."""
    asker = staff(request, Permission.KEYS_MANAGE)
    await asyncio.to_thread(revoke_key, parts.settings.data_dir, asker.principal.authority, key, asker.holder)
    parts.reception.changes.tell_soon()
    return RedirectResponse("/admin/keys", status_code=303)


def _page(
    request: Request, asker: Asker, given: dict[str, object], error: PlatformError | None = None, text: str = ""
) -> Response:
    parts = parts_of(request)
    authority = asker.principal.authority
    keys = parts.keyring.keys(authority)
    people = {each.id: each.name for each in parts.reception.accounts.of(authority)}
    values = {
        "keys": narrowed(keys, text, lambda each: each.label),
        "owners": {each.id: each.label for each in keys} | people,
        "own": asker.key.id if asker.key else "",
        "given": given,
        "roles": ROLE_WORDS,
        "role_words": SHORT_WORDS,
    }
    return form_page(request, "admin/keys.html", values, error)
