"""`/admin/sources`: where documents are fetched from by themselves, and how the last time went."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from allmanning.gateway.api import sources as api
from allmanning.gateway.asker import TheParts
from allmanning.gateway.language import error_message, marked, page_language
from allmanning.gateway.pages.admin.named_values import named_values, written_values
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import InvalidInput, NotFound, PlatformError

router = APIRouter(prefix="/admin/sources")

KINDS: Final[Mapping[str, str]] = {
    "website": marked("Webbplats"),
    "folder": marked("Mapp på servern"),
    "webdav": marked("WebDAV-mapp"),
    "riksdagen": marked("Riksdagens lagar"),
}
EVERY: Final[Mapping[int, str]] = {
    0: marked("Bara på begäran"),
    15: marked("Var 15:e minut"),
    60: marked("Varje timme"),
    360: marked("Var 6:e timme"),
    1440: marked("Varje dygn"),
    10080: marked("Varje vecka"),
}
_SECRECY: Final = "default_secrecy"


class SourceForm(BaseModel):
    """A source as the form has it: `options` and `metadata` are lines of `name: value`."""

    new: bool = False
    id: str = ""
    kind: str = "website"
    collection: str = ""
    location: str = ""
    every_minutes: int = 1440
    secrecy: str = ""
    options: str = ""
    metadata: str = ""

    @classmethod
    def of(cls, known: api.SourceOut) -> SourceForm:
        metadata = dict(known["metadata"])
        return cls(
            id=known["id"],
            kind=known["kind"],
            collection=known["collection"],
            location=known["location"],
            every_minutes=known["every_minutes"],
            secrecy=metadata.pop(_SECRECY, ""),
            options=written_values(known["options"]),
            metadata=written_values(metadata),
        )

    def source(self) -> api.SourceIn:
        """What the API takes.

        Raises:
            InvalidInput: `field.invalid`, for more than it takes.
        """
        metadata = named_values(self.metadata) | ({_SECRECY: self.secrecy} if self.secrecy else {})
        try:
            return api.SourceIn(
                kind=self.kind,
                collection=self.collection.strip(),
                location=self.location.strip(),
                options=named_values(self.options),
                metadata=metadata,
                every_minutes=self.every_minutes,
            )
        except ValueError as error:
            raise InvalidInput("field.invalid", "Något fält är för långt eller har för många rader.") from error


@router.get("")
async def sources_page(request: Request, parts: TheParts) -> Response:
    """Every source with its last run."""
    asker = staff(request, Permission.SOURCES_MANAGE)
    known = await api.sources(asker, parts)
    language = page_language(request.query_params, request.headers)
    values = {"sources": known["sources"], "kinds": KINDS, "every": EVERY, "said": partial(_said, language)}
    return render(request, "admin/sources.html", values)


def _said(language: str, code: str, reason: str) -> str:
    return error_message(code, reason, language)


@router.get("/new")
async def new_page(request: Request) -> Response:
    """An empty form."""
    staff(request, Permission.SOURCES_MANAGE)
    return render(request, "admin/source.html", _shown(SourceForm(new=True)))


@router.get("/{source_id}")
async def source_page(request: Request, parts: TheParts, source_id: str) -> Response:
    """A source, to change or delete."""
    asker = staff(request, Permission.SOURCES_MANAGE)
    known = {each["id"]: each for each in (await api.sources(asker, parts))["sources"]}
    if source_id not in known:
        raise NotFound("source.not_found", "Den källan finns inte.")
    return render(request, "admin/source.html", _shown(SourceForm.of(known[source_id])))


@router.post("")
async def put(request: Request, parts: TheParts, given: Annotated[SourceForm, Form()]) -> Response:
    """Keep a source; a new one must not take another's name."""
    asker = staff(request, Permission.SOURCES_MANAGE)
    try:
        taken = {each["id"] for each in (await api.sources(asker, parts))["sources"]} if given.new else set()
        if given.id.strip() in taken:
            raise InvalidInput("source.id_taken", "Det finns redan en källa med det namnet. Välj ett annat.")
        await api.put(given.id.strip(), given.source(), asker, parts)
    except PlatformError as error:
        return form_page(request, "admin/source.html", _shown(given), error)
    return RedirectResponse("/admin/sources", status_code=303)


@router.post("/{source_id}/run")
async def run(request: Request, parts: TheParts, source_id: str) -> Response:
    """Fetch now."""
    await api.run(source_id, staff(request, Permission.SOURCES_MANAGE), parts)
    return RedirectResponse("/admin/sources", status_code=303)


@router.post("/{source_id}/delete")
async def delete(
    request: Request, parts: TheParts, source_id: str, retire_documents: Annotated[bool, Form()] = False
) -> Response:
    """Fetch from it no longer."""
    asker = staff(request, Permission.SOURCES_MANAGE)
    require_fresh(request, asker)
    await api.delete(source_id, asker, parts, retire_documents=retire_documents)
    return RedirectResponse("/admin/sources", status_code=303)


def _shown(form: SourceForm) -> dict[str, object]:
    return {"form": form, "kinds": KINDS, "every": EVERY, "problem": None}
