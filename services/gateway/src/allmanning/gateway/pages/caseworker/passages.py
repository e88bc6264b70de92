"""`/passages/{id}/…`: what stands around a passage, and what is like it; both lead back to the search."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage
from allmanning.gateway.api.passages import neighbours, similar
from allmanning.gateway.api.query import iso
from allmanning.gateway.asker import TheParts
from allmanning.gateway.language import page_language
from allmanning.gateway.pages.caseworker.result import facts, result
from allmanning.gateway.pages.caseworker.search_url import SearchUrl
from allmanning.gateway.pages.names import Names
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.rendering import render
from allmanning.gateway.shapes import view_of
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/passages")

_EACH_SIDE: Final = 3
_SIMILAR: Final = 10

_Url = Annotated[SearchUrl, Query()]


@dataclass(frozen=True)
class Excerpt:
    """A passage in its document; `here` marks the one that was asked for. `heading` is empty where none begins."""

    heading: str
    page: int
    lines: list[str]
    view: str
    here: bool


@router.get("/{passage_id}/neighbours")
async def neighbours_page(passage_id: str, request: Request, parts: TheParts, url: _Url) -> Response:
    """The passage with those before and after it."""
    asker = staff(request, Permission.SEARCH)
    found = await neighbours(parts, asker.principal, passage_id, _EACH_SIDE, iso(url.as_of))
    version = _document(found)
    values = {
        "url": url,
        "title": version.title or version.uri,
        "valid_from": version.valid_from,
        "facts": facts(version, _names(request, parts)),
        "excerpts": list(_excerpts(found, passage_id)),
        "similar": url.path(f"/passages/{passage_id}/similar"),
    }
    return render(request, "caseworker/neighbours.html", values)


@router.get("/{passage_id}/similar")
async def similar_page(passage_id: str, request: Request, parts: TheParts, url: _Url) -> Response:
    """Passages that say something like it."""
    asker = staff(request, Permission.SEARCH)
    around, found = await asyncio.gather(
        neighbours(parts, asker.principal, passage_id, 1, iso(url.as_of)),
        similar(parts, asker.principal, passage_id, _SIMILAR, iso(url.as_of)),
    )
    version = _document(around)
    values = {
        "url": url,
        "title": version.title or version.uri,
        "excerpts": list(_excerpts([each for each in around if each.id == passage_id], passage_id)),
        "results": [result(each, url, _names(request, parts)) for each in found],
        "first": 1,
    }
    return render(request, "caseworker/similar.html", values)


def _names(request: Request, parts: TheParts) -> Names:
    return Names(parts.keyring, page_language(request.query_params, request.headers))


def _document(passages: list[Passage]) -> DocumentVersion:
    """Neighbours stand in the same version of the same document."""
    return next((each.document for each in passages if each.document), DocumentVersion())


def _excerpts(passages: list[Passage], passage_id: str) -> Iterator[Excerpt]:
    above = ""
    for passage in passages:
        location = passage.location or Location()
        heading = " › ".join(location.headings)
        yield Excerpt(
            heading=heading if heading != above else "",
            page=location.page,
            lines=[line for line in passage.text.split("\n") if line.strip()],
            view=view_of(passage),
            here=passage.id == passage_id,
        )
        above = heading
