"""Searches that people keep and share; the address is the search, so that a link shares one too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.asker import TheParts
from allmanning.gateway.desk import Desk
from allmanning.gateway.language import marked
from allmanning.gateway.pages.caseworker.search_url import SearchUrl
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.saved_searches import SavedSearches
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/search/saved")

SAVED: Final[Mapping[str, str]] = {
    "saved": marked("Sökningen är sparad. Du hittar den på den tomma söksidan."),
    "forgotten": marked("Den sparade sökningen är borttagen."),
    "reported": marked("Tack. Anmälan har gått till dokumentets ägare."),
}
# Of an address, what makes it another place in the same search, or tells what was just done.
_PASSING: Final = {"cursor", "page", "done", "lang"}


@router.post("")
async def save(
    request: Request,
    parts: TheParts,
    name: Annotated[str, Form(max_length=200)] = "",
    query: Annotated[str, Form(max_length=4_000)] = "",
    shared: Annotated[bool, Form()] = False,
) -> Response:
    """Keep the search whose address has this query."""
    asker = staff(request, Permission.SEARCH)
    known = {*SearchUrl.model_fields} - _PASSING
    kept = urlencode([(field, value) for field, value in parse_qsl(query) if field in known])
    await SavedSearches(Desk(parts.settings.data_dir)).save(asker.principal, name, kept, shared=shared)
    return RedirectResponse(f"/search?{kept}&done=saved", status_code=303)


@router.post("/{search_id}/forget")
async def forget(request: Request, search_id: str, parts: TheParts) -> Response:
    """Remove one's own."""
    asker = staff(request, Permission.SEARCH)
    await SavedSearches(Desk(parts.settings.data_dir)).forget(asker.principal, search_id)
    return RedirectResponse("/search?done=forgotten", status_code=303)
