"""`/admin/documents`: what people can be told today, what is on its way, and what was not taken in and why."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.contracts.ingest.v1.ingest_pb import (
    ListRequest,
    ListResponse,
    RetryRequest,
    RetryResponse,
    SetQueueRequest,
    SetQueueResponse,
)
from allmanning.gateway.api.work_words import AGAIN, STATE_OF
from allmanning.gateway.asker import TheParts
from allmanning.gateway.language import page_language
from allmanning.gateway.pages.admin.document_words import STATES
from allmanning.gateway.pages.admin.queue import queue_of
from allmanning.gateway.pages.admin.register_row import register_row
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects
from allmanning.runtime.swedish_day import today

router = APIRouter(prefix="/admin/documents")

_ROWS: Final = 100


@router.get("")
async def documents_page(
    request: Request,
    parts: TheParts,
    state: str = "",
    collection: Annotated[str, Query(max_length=100)] = "",
    batch: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[str, Query(max_length=64)] = "",
    text: Annotated[str, Query(max_length=200)] = "",
    due: bool = False,
    add: bool = False,
) -> Response:
    """The register, an upload form, and how the work goes."""
    asker = staff(request, Permission.DOCUMENTS_MANAGE)
    authority = asker.principal.authority
    states = [STATE_OF[state]] if state in STATE_OF else []
    day = today().isoformat()
    asked = ListRequest(
        authority=authority,
        collection=collection,
        limit=_ROWS,
        after=after,
        states=states,
        batch=batch,
        text=text.strip(),
        review_due=day if due else "",
    )
    found = await parts.bus.call(subjects.INGEST_LIST, asked, ListResponse)
    chosen = {"state": state, "collection": collection, "batch": batch, "text": text, "due": "true" if due else ""}
    last = found.documents[-1].version if len(found.documents) == _ROWS else None
    language = page_language(request.query_params, request.headers)
    return render(
        request,
        "admin/documents.html",
        {
            "rows": [register_row(each, day, language) for each in found.documents],
            "total": found.total,
            "queue": await queue_of(parts, authority),
            "chosen": chosen,
            "states": STATES,
            "adding": add,
            "again": state in AGAIN,
            "max_bytes": parts.settings.max_document_bytes,
            "due": await _review_due(parts, authority, day),
            "more": f"?{urlencode(chosen | {'after': last.id})}" if last else "",
        },
    )


async def _review_due(parts: Parts, authority: str, day: str) -> int:
    """How many documents should have been reviewed by now."""
    asked = ListRequest(authority=authority, limit=1, review_due=day)
    return (await parts.bus.call(subjects.INGEST_LIST, asked, ListResponse)).total


@router.post("/retry")
async def retry(request: Request, parts: TheParts, state: Annotated[str, Form()] = "") -> Response:
    """Run again every document in a state."""
    asker = staff(request, Permission.DOCUMENTS_MANAGE)
    if state in AGAIN:
        asked = RetryRequest(authority=asker.principal.authority, states=[STATE_OF[state]])
        await parts.bus.call(subjects.INGEST_RETRY, asked, RetryResponse)
    return RedirectResponse("/admin/documents", status_code=303)


@router.post("/pause")
async def pause(request: Request, parts: TheParts, paused: Annotated[bool, Form()] = False) -> Response:
    """Stop the work on the authority's documents, or let it go on."""
    asker = staff(request, Permission.DOCUMENTS_MANAGE)
    asked = SetQueueRequest(authority=asker.principal.authority, paused=paused)
    await parts.bus.call(subjects.INGEST_SET_QUEUE, asked, SetQueueResponse)
    return RedirectResponse("/admin/documents", status_code=303)
