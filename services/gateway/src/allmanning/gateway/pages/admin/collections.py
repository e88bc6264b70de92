"""`/admin/collections`: the authority's collections, and what they do with personal data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.api import collections as api
from allmanning.gateway.asker import TheParts
from allmanning.gateway.language import marked
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import InvalidInput, PlatformError

router = APIRouter(prefix="/admin/collections")

KINDS: Final[Mapping[str, str]] = {
    "personnummer": marked("Personnummer"),
    "phone": marked("Telefonnummer"),
    "email": marked("E-postadresser"),
    "address": marked("Adresser"),
    "account": marked("Kontonummer"),
    "card": marked("Kortnummer"),
    "name": marked("Personnamn"),
    "protected_name": marked("Skyddade namn"),
    "other": marked("Allt annat"),
}
HANDLINGS: Final[Mapping[api.Handled, str]] = {
    "block": marked("Håll kvar dokumentet"),
    "mask": marked("Täck över"),
    "allow": marked("Släpp igenom"),
}
_NAMES: Final = 10_000


@router.get("")
async def collections_page(request: Request, parts: TheParts) -> Response:
    """Every collection with its documents and its own rules."""
    asker = staff(request, Permission.DOCUMENTS_MANAGE)
    known = await api.collections(asker, parts)
    return render(request, "admin/collections.html", _shown(known))


@router.get("/{name}")
async def collection_page(request: Request, parts: TheParts, name: str) -> Response:
    """A collection's rules, to change; one that does not exist yet has none."""
    asker = staff(request, Permission.DOCUMENTS_MANAGE)
    found = [each for each in (await api.collections(asker, parts))["collections"] if each["name"] == name]
    rules = found[0]["personal_data"] if found else {}
    return render(request, "admin/collection.html", _form(name, rules))


@router.post("/{name}")
async def put(request: Request, parts: TheParts, name: str) -> Response:
    """Replace a collection's rules. A kind without a choice follows the platform's own."""
    asker = staff(request, Permission.DOCUMENTS_MANAGE)
    form = await request.form()
    rules = {kind: handled for kind, word in form.items() for handled in HANDLINGS if handled == word}
    try:
        await api.put_collection(name, api.RulesIn(personal_data=rules), asker, parts)
    except PlatformError as error:
        return form_page(request, "admin/collection.html", _form(name, rules), error)
    return RedirectResponse("/admin/collections", status_code=303)


@router.post("")
async def put_names(request: Request, parts: TheParts, names: Annotated[str, Form()] = "") -> Response:
    """Replace the list of protected names, one on each line; the ones there were are never shown."""
    asker = staff(request, Permission.DOCUMENTS_MANAGE)
    given = [line.strip() for line in names.splitlines() if line.strip()]
    try:
        if len(given) > _NAMES or any(len(each) > 200 for each in given):
            raise InvalidInput("names.too_many", f"Högst {_NAMES} namn, vart och ett högst 200 tecken.")
        await api.put_protected_names(api.NamesIn(names=given), asker, parts)
    except PlatformError as error:
        known = await api.collections(asker, parts)
        return form_page(request, "admin/collections.html", _shown(known), error)
    return RedirectResponse("/admin/collections", status_code=303)


def _shown(known: api.CollectionsOut) -> dict[str, object]:
    return {
        "collections": known["collections"],
        "protected_names": known["protected_names"],
        "kinds": KINDS,
        "handlings": HANDLINGS,
        "problem": None,
    }


def _form(name: str, rules: Mapping[str, api.Handled]) -> dict[str, object]:
    others = {kind: kind for kind in rules if kind not in KINDS}
    return {"name": name, "rules": rules, "kinds": {**KINDS, **others}, "handlings": HANDLINGS, "problem": None}
