"""`/signin/again`: prove once more who one is, before what can't be undone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.pages.signin.own_path import own_path
from allmanning.gateway.pages.staff import member
from allmanning.gateway.rendering import render

router = APIRouter()


@router.get("/signin/again")
async def again_page(request: Request, next_path: Annotated[str, Query(max_length=4000)] = "") -> Response:
    """The same ways in, for whoever is signed in."""
    asker = member(request)
    if asker.session is None:
        return RedirectResponse("/signin", status_code=303)
    return render(request, "signin/again.html", {"next_path": own_path(next_path), "holder": asker.session.holder})
