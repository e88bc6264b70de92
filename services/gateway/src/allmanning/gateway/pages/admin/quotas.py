"""`/admin/quotas`: what the authority may use, what it has used, who may change it, and who has."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.api import quota as api
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.pages.admin.quota_form import CHANNELS, QuotaForm
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import PlatformError

router = APIRouter(prefix="/admin/quotas")

_TEMPLATE = "admin/quotas.html"


@router.get("")
async def quotas_page(
    request: Request, parts: TheParts, authority: Annotated[str, Query(max_length=63)] = "", saved: bool = False
) -> Response:
    """The limits in force; whoever runs the platform chooses an authority."""
    asker = staff(request, Permission.QUOTA_READ)
    known = await api.quota_of(asker, parts, authority)
    return form_page(request, _TEMPLATE, {**_values(asker, parts, known, QuotaForm.of(known)), "saved": saved})


@router.post("")
async def change(request: Request, parts: TheParts) -> Response:
    """Other limits, in force for the next question."""
    asker = staff(request, Permission.QUOTA_WRITE)
    form = QuotaForm.sent({name: str(value) for name, value in (await request.form()).items()})
    # Who may not name this authority is told so here, before there is a form to show again.
    known = await api.quota_of(asker, parts, form.authority)
    try:
        await api.change(form.quota(shared=known["shared_writable"]), asker, parts, form.authority)
    except PlatformError as error:
        return form_page(request, _TEMPLATE, _values(asker, parts, known, form), error)
    chosen = {"authority": form.authority} if form.authority != asker.principal.authority else {}
    return RedirectResponse(f"/admin/quotas?{urlencode({**chosen, 'saved': 'true'})}", status_code=303)


def _values(asker: Asker, parts: Parts, known: api.QuotaOut, form: QuotaForm) -> dict[str, object]:
    limits = [each for each in (known["tokens_per_day"], known["own_tokens_per_day"]) if each is not None]
    operator = bool(asker.key and asker.key.operator)
    return {
        "known": known,
        "form": form,
        "limit": min(limits, default=None),
        "channels": CHANNELS,
        "authorities": parts.keyring.authorities() if operator else [],
        "writable": asker.may(Permission.QUOTA_WRITE),
        "names": _names(parts, known["authority"]),
        "saved": False,
    }


def _names(parts: Parts, authority: str) -> dict[str, str]:
    """Whom the authority knows: its accounts, and its keys by what they are called."""
    keys = {each.id: each.label for each in parts.keyring.keys(authority) if each.label}
    return keys | {each.id: each.name for each in parts.reception.accounts.of(authority)}
