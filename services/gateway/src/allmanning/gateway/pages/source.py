"""`/documents/{id}`: the document's text with the cited passage in yellow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from allmanning.gateway.asker import TheParts, Visitor, reader_authority
from allmanning.gateway.reading import document_for, original_shown
from allmanning.gateway.rendering import render
from allmanning.gateway.shapes import document

router = APIRouter()

# A longer text is shown around the passage: a browser on a phone takes long for a megabyte of paragraphs.
_SHOWN_CHARS: Final = 60_000


@dataclass(frozen=True)
class Piece:
    """Some words of a paragraph, cited or not; `first` is where the citation begins."""

    text: str
    cited: bool
    first: bool


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
            "paragraphs": list(paragraphs(text, start, end, window)),
            "cited": start < end <= len(text),
            "cut_before": window.start > 0,
            "cut_after": window.stop < len(text),
            "query": request.url.query,
        },
    )


def _window(length: int, start: int) -> range:
    if length <= _SHOWN_CHARS:
        return range(length)
    first = max(0, min(start, length) - _SHOWN_CHARS // 3)
    return range(first, min(length, first + _SHOWN_CHARS))


def paragraphs(text: str, start: int, end: int, window: range) -> Iterator[Sequence[Piece]]:
    """The lines of `text` within `window`, each cut into pieces at the edges of the citation."""
    offset = window.start
    begun = False
    for line in text[window.start : window.stop].split("\n"):
        if line.strip():
            pieces: list[Piece] = []
            inner_start = min(max(start - offset, 0), len(line))
            inner_end = max(inner_start, min(end - offset, len(line)))
            for piece, cited in (
                (line[:inner_start], False),
                (line[inner_start:inner_end], True),
                (line[inner_end:], False),
            ):
                if piece:
                    pieces.append(Piece(piece, cited, first=cited and not begun))
                    begun = begun or cited
            yield pieces
        offset += len(line) + 1
