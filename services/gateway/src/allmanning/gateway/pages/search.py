"""`/search`: the right paragraph, for those who work at the authority."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup, escape

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage, ScoredPassage
from allmanning.gateway.api.search import Filters, Query, search
from allmanning.gateway.asker import TheParts
from allmanning.gateway.language import page_language
from allmanning.gateway.pages.signin import staff
from allmanning.gateway.problems import problem
from allmanning.gateway.rendering import render
from allmanning.gateway.shapes import view_of
from allmanning.runtime.errors import PlatformError

router = APIRouter()

_LIMIT: Final = 20
_SNIPPET_CHARS: Final = 420
_SHORTEST_MARKED: Final = 3


@dataclass(frozen=True)
class Result:
    """One passage in the list. `by_words` and `by_meaning` say why it is there."""

    title: str
    headings: Sequence[str]
    page: int
    snippet: Markup
    valid_from: str
    collection: str
    by_words: bool
    by_meaning: bool
    view: str


@router.get("/search")
async def search_page(
    request: Request, parts: TheParts, q: str = "", collection: str = "", as_of: str = ""
) -> Response:
    """The form and, when something is asked, what was found."""
    asker = staff(request, Role.CASEWORKER, Role.AUDITOR, Role.ADMIN)
    shown: dict[str, object] = {
        "q": q,
        "collection": collection,
        "as_of": as_of,
        "results": None,
        "total": 0,
        "problem": None,
    }
    if not q.strip():
        return render(request, "search.html", shown)
    filters = Filters(collections=[collection] if collection else [], as_of=_day(as_of))
    try:
        found = await search(parts, asker.principal, Query(query=q, limit=_LIMIT, filters=filters))
    except PlatformError as error:
        shown["problem"] = problem(error, page_language(request.query_params, request.headers))
        return render(request, "search.html", shown, status=error.status)
    shown["results"] = [_result(each, q) for each in found.passages]
    shown["total"] = found.total
    return render(request, "search.html", shown)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _result(found: ScoredPassage, query: str) -> Result:
    passage = found.passage or Passage()
    version = passage.document or DocumentVersion()
    location = passage.location or Location()
    return Result(
        title=version.title or version.uri,
        headings=list(location.headings),
        page=location.page,
        snippet=snippet(passage.text, query),
        valid_from=version.valid_from,
        collection=version.collection,
        by_words=found.sparse > 0,
        by_meaning=found.dense > 0,
        view=view_of(passage),
    )


def snippet(text: str, query: str) -> Markup:
    """The part of `text` where the query's words stand closest to its start, with the words marked."""
    words = {word for word in re.findall(r"\w+", query.lower()) if len(word) >= _SHORTEST_MARKED}
    # Swedish inflects and compounds: "altan" also marks "altaner" and "altanbygge".
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})\w*", re.IGNORECASE) if words else None
    first = pattern.search(text) if pattern else None
    start = max(0, first.start() - _SNIPPET_CHARS // 4) if first else 0
    if start:
        # Begin at a word, not within one.
        start = text.find(" ", start) + 1
    shown = text[start : start + _SNIPPET_CHARS]
    html = _marked(shown, pattern) if pattern else escape(shown)
    return Markup("{}{}{}").format("… " if start else "", html, " …" if start + _SNIPPET_CHARS < len(text) else "")


def _marked(text: str, pattern: re.Pattern[str]) -> Markup:
    html, end = Markup(), 0
    for match in pattern.finditer(text):
        html += Markup("{}<mark>{}</mark>").format(text[end : match.start()], match.group())
        end = match.end()
    return html + escape(text[end:])
