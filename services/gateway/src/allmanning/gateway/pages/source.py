"""`/documents/{id}`: the document as it is read, with the cited words in yellow; of a PDF also the page as it looks."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from allmanning.gateway.asker import TheParts, Visitor, reader_authority
from allmanning.gateway.language import page_language
from allmanning.gateway.pages.document_text import blocks
from allmanning.gateway.pages.names import Names
from allmanning.gateway.reading import document_for, original_shown
from allmanning.gateway.rendering import render
from allmanning.gateway.shapes import document

router = APIRouter()

# A longer text is shown around the passage: a browser on a phone takes long for a megabyte of paragraphs.
_SHOWN_CHARS: Final = 60_000


@router.get("/documents/{document_id}")
async def source_page(
    document_id: str,
    request: Request,
    visitor: Visitor,
    parts: TheParts,
    version: str = "",
    start: Annotated[int, Query(ge=0)] = 0,
    end: Annotated[int, Query(ge=0)] = 0,
    page: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """The text that locations count in, with `start` to `end` (code points, end exclusive) highlighted.

    The original opens at `page`, where it is a PDF.
    """
    authority = reader_authority(request, visitor)
    found, described = await document_for(parts.bus, visitor.principal, authority, document_id, version)
    text = (await parts.originals.get(f"{described.version}.txt")).decode("utf-8", errors="replace")
    shown = original_shown(found, visitor.principal)
    window = _window(len(text), start)
    return render(
        request,
        "source.html",
        {
            "document": document(found),
            "original": shown,
            "page": page if shown and described.media_type == "application/pdf" else 0,
            "start": start,
            "end": end,
            "blocks": list(blocks(text, start, end, window)),
            "cited": start < end <= len(text),
            "cut_before": window.start > 0,
            "cut_after": window.stop < len(text),
            "form": Names(parts.keyring, page_language(request.query_params, request.headers)).of(
                "media_types", described.media_type
            ),
            "query": request.url.query,
        },
    )


def _window(length: int, start: int) -> range:
    if length <= _SHOWN_CHARS:
        return range(length)
    first = max(0, min(start, length) - _SHOWN_CHARS // 3)
    return range(first, min(length, first + _SHOWN_CHARS))
