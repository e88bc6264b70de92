"""`/search`: the right paragraph, for those who work at the authority."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchResponse
from allmanning.gateway.api.hits import Correction, Count, Hits, facets, hits
from allmanning.gateway.api.search import search
from allmanning.gateway.asker import TheParts
from allmanning.gateway.desk import Desk
from allmanning.gateway.language import page_language
from allmanning.gateway.pages.caseworker.answer_draft import DRAFTERS
from allmanning.gateway.pages.caseworker.facets import LIMITS, facet_groups, limits_in_force
from allmanning.gateway.pages.caseworker.result import result
from allmanning.gateway.pages.caseworker.saved import SAVED
from allmanning.gateway.pages.caseworker.search_url import SearchUrl
from allmanning.gateway.pages.names import Names
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.problems import problem
from allmanning.gateway.rendering import render
from allmanning.gateway.saved_searches import SavedSearches
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import PlatformError

router = APIRouter()

_LIMIT: Final = 20


_Url = Annotated[SearchUrl, Query()]


@router.get("/search")
async def search_page(request: Request, parts: TheParts, url: _Url) -> Response:
    """The form and, when something is asked, what was found; otherwise the searches that were kept."""
    asker = staff(request, Permission.SEARCH)
    shown, status = await _shown(request, parts, asker.principal, url)
    shown |= {
        "saved": await SavedSearches(Desk(parts.settings.data_dir)).of(asker.principal),
        "outcome": SAVED.get(request.query_params.get("done", ""), ""),
        "may_draft": asker.principal.role in DRAFTERS,
    }
    return render(request, "caseworker/search.html", shown, status=status)


@router.get("/search/found")
async def found_fragment(request: Request, parts: TheParts, url: _Url) -> Response:
    """What was found alone, for a page that is there already."""
    asker = staff(request, Permission.SEARCH)
    shown, status = await _shown(request, parts, asker.principal, url)
    shown |= {"may_draft": asker.principal.role in DRAFTERS}
    return render(request, "caseworker/found.html", shown, status=status)


async def _shown(request: Request, parts: Parts, principal: Principal, url: SearchUrl) -> tuple[dict[str, object], int]:
    """What the templates tell of a search, and the status of the page that does."""
    language = page_language(request.query_params, request.headers)
    names = Names(parts.keyring, language)
    shown: dict[str, object] = {
        "url": url,
        "limits": list(limits_in_force(url, names)),
        "found": None,
        "problem": None,
    }
    if not url.q.strip():
        return shown, 200
    try:
        answer = await search(parts, principal, url.query(_LIMIT))
        counts = await _counts(parts, principal, url, answer)
    except PlatformError as error:
        return shown | {"problem": problem(error, language)}, error.status
    found = hits(answer)
    told: dict[str, object] = {
        "found": found,
        "results": [result(each, url, names) for each in answer.passages],
        "facets": list(facet_groups(url, counts, names)),
        "first": (url.page - 1) * _LIMIT + 1,
        "next_page": _next_page(url, found),
        "verbatim": verbatim(url, found["understanding"]["corrections"]),
    }
    return shown | told, 200


async def _counts(parts: Parts, principal: Principal, url: SearchUrl, answer: SearchResponse) -> dict[str, list[Count]]:
    """Counts by facet. Where something is chosen they are those of the search without that choice.

    Otherwise a second value of the same facet, which would widen the search, could not be seen.
    """
    chosen = {facet: limit for facet, limit in LIMITS.items() if url.values(limit)}
    wider = [url.changed(**{limit: []}).query(limit=1) for limit in chosen.values()]
    answers = await asyncio.gather(*(search(parts, principal, each) for each in wider))
    counts = facets(answer.facets)
    for facet, other in zip(chosen, answers, strict=True):
        counts[facet] = facets(other.facets).get(facet, [])
    return counts


def _next_page(url: SearchUrl, found: Hits) -> str:
    return url.next_page(found["next"]).path() if found["next"] else ""


def verbatim(url: SearchUrl, corrections: Sequence[Correction]) -> str:
    """The address of the same search for the words as they were written; empty when nothing was corrected."""
    question = url.q
    for each in corrections:
        question = re.sub(rf"\b{re.escape(each['written'])}\b", r'"\g<0>"', question, count=1, flags=re.IGNORECASE)
    return url.changed(q=question).path() if question != url.q else ""
