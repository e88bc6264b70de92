"""`/admin/documents/{id}`: one document, what was noticed in it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.contracts.ingest.v1.ingest_pb import (
    CancelRequest,
    CancelResponse,
    Document,
    ListRequest,
    ListResponse,
    RetireRequest,
    RetireResponse,
    RetryRequest,
    RetryResponse,
)
from allmanning.gateway.api.report import FindingOut, PlaceOut, findings_of
from allmanning.gateway.api.work_words import AGAIN
from allmanning.gateway.asker import TheParts
from allmanning.gateway.language import page_language
from allmanning.gateway.pages.admin.document_words import FINDINGS, MEANINGS
from allmanning.gateway.pages.admin.register_row import register_row
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.reading import registered
from allmanning.gateway.rendering import render
from allmanning.gateway.shapes import document as document_out
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects
from allmanning.runtime.swedish_day import today

router = APIRouter(prefix="/admin/documents/{document_id}")

# The file itself must become another one: read again, it is refused again.
_SPOILT: Final = frozenset(
    {"document.encrypted", "document.no_text", "file.empty", "file.infected", "file.missing", "file.unreadable"}
)
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
    asker = staff(request, Permission.DOCUMENTS_MANAGE)
    authority = asker.principal.authority
    found, _ = await registered(parts.bus, authority, document_id)
    language = page_language(request.query_params, request.headers)
    day = today().isoformat()
    row = register_row(found, day, language)
    members: Sequence[Document] = ()
    if found.members:
        asked = ListRequest(authority=authority, container=document_id, limit=_MEMBERS)
        members = (await parts.bus.call(subjects.INGEST_LIST, asked, ListResponse)).documents
    return render(
        request,
        "admin/document.html",
        {
            "row": row,
            "document": document_out(found),
            "meaning": MEANINGS[row.state],
            "noticed": list(noticed(await findings_of(parts, asker.principal, found), document_id)),
            "members": [register_row(each, day, language) for each in members],
            "again": row.state in AGAIN and found.code not in _SPOILT,
            "another": row.state == "rejected",
        },
    )


@router.post("/retry")
async def retry(document_id: str, request: Request, parts: TheParts) -> Response:
    """Read it again."""
    asker = staff(request, Permission.DOCUMENTS_MANAGE)
    asked = RetryRequest(authority=asker.principal.authority, document_id=document_id)
    await parts.bus.call(subjects.INGEST_RETRY, asked, RetryResponse)
    return _back(document_id)


@router.post("/cancel")
async def cancel(document_id: str, request: Request, parts: TheParts) -> Response:
    """Stop the work on it."""
    asker = staff(request, Permission.DOCUMENTS_MANAGE)
    asked = CancelRequest(authority=asker.principal.authority, document_id=document_id)
    await parts.bus.call(subjects.INGEST_CANCEL, asked, CancelResponse)
    return _back(document_id)


@router.post("/retire")
async def retire(
    document_id: str, request: Request, parts: TheParts, sure: Annotated[bool, Form()] = False
) -> Response:
    """Take it away, when the box is ticked that says so."""
    asker = staff(request, Permission.DOCUMENTS_MANAGE)
    require_fresh(request, asker)
    if sure:
        asked = RetireRequest(authority=asker.principal.authority, document_id=document_id)
        await parts.bus.call(subjects.INGEST_RETIRE, asked, RetireResponse)
    return _back(document_id)


def noticed(findings: Sequence[FindingOut], document_id: str) -> Iterator[Noticed]:
    """The findings in words, each with its first five places."""
    for each in findings:
        places = [at for at in each["places"] if at["words"]]
        yield Noticed(
            name=FINDINGS.get(each["code"], each["code"]),
            count=each["count"],
            excerpts=[_excerpt(at, document_id) for at in places[:_EXCERPTS]],
        )


def _excerpt(at: PlaceOut, document_id: str) -> Excerpt:
    """The words on their line alone."""
    before, after = at["before"].rpartition("\n")[2], at["after"].partition("\n")[0]
    view = f"/documents/{document_id}?start={at['start']}&end={at['end']}#citat"
    return Excerpt(at["page"], before, at["words"], after, view)


def _back(document_id: str) -> Response:
    return RedirectResponse(f"/admin/documents/{document_id}", status_code=303)
