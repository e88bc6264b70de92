"""`/search/report/{document}`: tell a document's owner that it is wrong or out of date."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.gateway.asker import Asker, TheParts, reader_authority
from allmanning.gateway.desk import Desk
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.reading import document_for
from allmanning.gateway.reports import KINDS, Reports
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import InvalidInput

router = APIRouter(prefix="/search/report")

_MOST_QUOTED: Final = 600
_Place = Annotated[int, Query(ge=0)]


@router.get("/{document_id}")
async def report_page(
    document_id: str, request: Request, parts: TheParts, version: str = "", start: _Place = 0, end: _Place = 0
) -> Response:
    """The form, with the words that it is about."""
    asker = staff(request, Permission.SEARCH)
    about, quote = await _about(request, parts, asker, document_id, version, start, end)
    return _page(request, about, quote)


@router.post("/{document_id}")
async def report(
    document_id: str,
    request: Request,
    parts: TheParts,
    version: str = "",
    start: _Place = 0,
    end: _Place = 0,
    kind: Annotated[str, Form(max_length=20)] = "",
    text: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Send it."""
    asker = staff(request, Permission.SEARCH)
    about, quote = await _about(request, parts, asker, document_id, version, start, end)
    try:
        await Reports(Desk(parts.settings.data_dir)).make(asker.principal, about, quote, kind, text)
    except InvalidInput as error:
        return _page(request, about, quote, error, kind, text)
    return RedirectResponse("/search?done=reported", status_code=303)


async def _about(
    request: Request, parts: Parts, asker: Asker, document_id: str, version: str, start: int, end: int
) -> tuple[DocumentVersion, str]:
    """The document, if this person may read it, and the words from `start` to `end`."""
    _, about = await document_for(parts.bus, asker.principal, reader_authority(request, asker), document_id, version)
    if start >= end:
        return about, ""
    text = (await parts.originals.get(f"{about.version}.txt")).decode("utf-8", errors="replace")
    return about, " ".join(text[start : min(end, start + _MOST_QUOTED)].split())


def _page(
    request: Request,
    about: DocumentVersion,
    quote: str,
    error: InvalidInput | None = None,
    kind: str = "",
    text: str = "",
) -> Response:
    values = {
        "title": about.title or about.uri,
        "owner_unit": about.owner_unit,
        "quote": quote,
        "action": f"{request.url.path}?{request.url.query}",
        "kinds": KINDS,
        "kind": kind,
        "text": text,
    }
    return form_page(request, "caseworker/report.html", values, error)
