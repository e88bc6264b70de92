"""`/admin/documents/{id}`: one document, what was noticed in it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.ingest.v1.ingest_pb import (
    CancelRequest,
    CancelResponse,
    Document,
    Finding,
    ListRequest,
    ListResponse,
    RetireRequest,
    RetireResponse,
    RetryRequest,
    RetryResponse,
)
from allmanning.gateway.asker import TheParts
from allmanning.gateway.language import page_language
from allmanning.gateway.pages.document_words import AGAIN, FINDINGS, MEANINGS
from allmanning.gateway.pages.register_row import register_row
from allmanning.gateway.pages.signin import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.reading import registered
from allmanning.gateway.rendering import render
from allmanning.gateway.shapes import document as document_out
from allmanning.runtime import subjects
from allmanning.runtime.errors import NotFound
from allmanning.runtime.swedish_day import today

router = APIRouter(prefix="/admin/documents/{document_id}")

_AROUND_CHARS: Final = 70
_EXCERPTS: Final = 5
_MEMBERS: Final = 200


@dataclass(frozen=True)
class Excerpt:
    """Where something was noticed: the words, and those around them."""

    page: int
    before: str
    words: str
    after: str
    view: str


@dataclass(frozen=True)
class Noticed:
    """One kind of finding, with the first places of it."""

    name: str
    count: int
    excerpts: list[Excerpt]


@router.get("")
async def document_page(document_id: str, request: Request, parts: TheParts) -> Response:
    """Everything the register knows of the newest version."""
    asker = staff(request, Role.ADMIN)
    authority = asker.principal.authority
    found, described = await registered(parts.bus, authority, document_id)
    language = page_language(request.query_params, request.headers)
    row = register_row(found, today().isoformat(), language)
    members: Sequence[Document] = ()
    if found.members:
        asked = ListRequest(authority=authority, container=document_id, limit=_MEMBERS)
        members = (await parts.bus.call(subjects.INGEST_LIST, asked, ListResponse)).documents
    day = today().isoformat()
    return render(
        request,
        "document.html",
        {
            "row": row,
            "document": document_out(found),
            "meaning": MEANINGS[row.state],
            "noticed": list(noticed(found.findings, await _text(parts, described.version), document_id)),
            "members": [register_row(each, day, language) for each in members],
            "again": row.state in AGAIN,
        },
    )


@router.post("/retry")
async def retry(document_id: str, request: Request, parts: TheParts) -> Response:
    """Read it again."""
    asker = staff(request, Role.ADMIN)
    asked = RetryRequest(authority=asker.principal.authority, document_id=document_id)
    await parts.bus.call(subjects.INGEST_RETRY, asked, RetryResponse)
    return _back(document_id)


@router.post("/cancel")
async def cancel(document_id: str, request: Request, parts: TheParts) -> Response:
    """Stop the work on it."""
    asker = staff(request, Role.ADMIN)
    asked = CancelRequest(authority=asker.principal.authority, document_id=document_id)
    await parts.bus.call(subjects.INGEST_CANCEL, asked, CancelResponse)
    return _back(document_id)


@router.post("/retire")
async def retire(
    document_id: str, request: Request, parts: TheParts, sure: Annotated[bool, Form()] = False
) -> Response:
    """Take it away, when the box is ticked that says so."""
    asker = staff(request, Role.ADMIN)
    if sure:
        asked = RetireRequest(authority=asker.principal.authority, document_id=document_id)
        await parts.bus.call(subjects.INGEST_RETIRE, asked, RetireResponse)
    return _back(document_id)


def noticed(findings: Sequence[Finding], text: str, document_id: str) -> Iterator[Noticed]:
    """The findings in words, each with its first five places in `text`."""
    for each in findings:
        places = [at for at in each.places if at.start < at.end <= len(text)]
        yield Noticed(
            name=FINDINGS.get(each.code, each.code),
            count=each.count,
            excerpts=[_excerpt(text, at, document_id) for at in places[:_EXCERPTS]],
        )


def _excerpt(text: str, at: Finding.Place, document_id: str) -> Excerpt:
    before = text[max(0, at.start - _AROUND_CHARS) : at.start].rpartition("\n")[2]
    after = text[at.end : at.end + _AROUND_CHARS].partition("\n")[0]
    view = f"/documents/{document_id}?start={at.start}&end={at.end}#citat"
    return Excerpt(at.page, before, text[at.start : at.end], after, view)


async def _text(parts: Parts, version: str) -> str:
    """The text of a version; empty when there is none yet."""
    try:
        return (await parts.originals.get(f"{version}.txt")).decode("utf-8", errors="replace")
    except NotFound:
        return ""


def _back(document_id: str) -> Response:
    return RedirectResponse(f"/admin/documents/{document_id}", status_code=303)
