"""`/signin/again`: prove once more who one is, before what can't be undone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.pages.signin.choices import choices_page
from allmanning.gateway.pages.staff import member

router = APIRouter()


@router.get("/signin/again")
async def again_page(request: Request, next_path: Annotated[str, Query(max_length=4000)] = "") -> Response:
    """The ways in that whoever is signed in has."""
    asker = member(request)
    if asker.session is None:
        return RedirectResponse("/signin", status_code=303)
    return choices_page(request, next_path=next_path, holder=asker.session.holder)
