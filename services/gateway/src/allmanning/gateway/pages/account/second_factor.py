"""`/account/second-factor`: the one page for whoever must set up a second factor before anything else."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.asker import signed_in
from allmanning.gateway.pages.account.local import enrolling
from allmanning.gateway.pages.signin.client import site_of
from allmanning.gateway.pages.signin.own_path import first_page, own_path
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.detour import SET_UP

router = APIRouter()


@router.get(SET_UP)
async def second_factor_page(request: Request, next_path: Annotated[str, Query(max_length=4000)] = "") -> Response:
    """The ways there are. Whoever has come in goes on."""
    asker = signed_in(request)
    if asker is not None:
        return RedirectResponse(own_path(next_path) or first_page(asker.principal.role), status_code=303)
    _, account = enrolling(request)
    values = {
        "account": account,
        "next_path": own_path(next_path),
        "can_have_passkeys": site_of(request).can_have_passkeys,
    }
    return render(request, "account/second_factor.html", values)
