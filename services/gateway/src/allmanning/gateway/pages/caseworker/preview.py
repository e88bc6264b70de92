"""`/search/preview/{document}`: the original at a found passage, to stand beside the list."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from allmanning.gateway.asker import TheParts, reader_authority
from allmanning.gateway.language import page_language
from allmanning.gateway.pages.caseworker.result import facts
from allmanning.gateway.pages.document_text import blocks
from allmanning.gateway.pages.names import Names
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.reading import document_for, original_shown
from allmanning.gateway.rendering import render
from allmanning.gateway.shapes import document
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/search/preview")

# Some screens around the passage; who wants more opens the document.
_BEFORE_CHARS: Final = 1_200
_SHOWN_CHARS: Final = 5_000


@router.get("/{document_id}")
async def preview(
    document_id: str,
    request: Request,
    parts: TheParts,
    version: str = "",
    start: Annotated[int, Query(ge=0)] = 0,
    end: Annotated[int, Query(ge=0)] = 0,
    page: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """A piece of a page: the page of a PDF as a picture, of others the text around the passage, marked in both."""
    asker = staff(request, Permission.SEARCH)
    authority = reader_authority(request, asker)
    found, described = await document_for(parts.bus, asker.principal, authority, document_id, version)
    text = (await parts.originals.get(f"{described.version}.txt")).decode("utf-8", errors="replace")
    shown = original_shown(found, asker.principal) and described.media_type == "application/pdf"
    first = max(0, start - _BEFORE_CHARS)
    # Begin with a whole line.
    first = text.rfind("\n", 0, first) + 1 if first else 0
    window = range(first, min(len(text), first + _SHOWN_CHARS))
    values = {
        "document": document(found),
        "facts": facts(described, Names(parts.keyring, page_language(request.query_params, request.headers))),
        "page": page if shown else 0,
        "start": start,
        "end": end,
        "query": request.url.query,
        "blocks": list(blocks(text, start, end, window)),
    }
    return render(request, "caseworker/preview.html", values)
