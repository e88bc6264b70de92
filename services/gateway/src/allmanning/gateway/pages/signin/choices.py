"""`/signin`: the ways in."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from allmanning.gateway.asker import public_authority
from allmanning.gateway.pages.signin.client import site_of
from allmanning.gateway.pages.signin.own_path import own_path
from allmanning.gateway.parts import parts_of
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.grant import Grant

router = APIRouter()

Wrong = Literal["", "key", "password", "throttled", "provider", "no_role", "over", "passkey", "program", "one_factor"]


@router.get("/signin")
async def sign_in_page(request: Request, next_path: Annotated[str, Query(max_length=4000)] = "") -> Response:
    """The ways to sign in here."""
    return choices_page(request, next_path=next_path)


def choices_page(
    request: Request,
    *,
    next_path: str,
    wrong: Wrong = "",
    name: str = "",
    authority: str = "",
    holder: Grant | None = None,
    status: int = 200,
    wait_s: float = 0.0,
) -> Response:
    """The page, with what was wrong; `holder`: for whoever is signed in as that, to prove it once more."""
    parts = parts_of(request)
    reception = parts.reception
    values = {
        "next_path": own_path(next_path),
        "wrong": wrong,
        "name": name,
        "chosen": authority or public_authority(request).id,
        "authorities": parts.keyring.authorities(),
        "providers": reception.providers.of_holder(holder) if holder else reception.providers.all(),
        "has_accounts": reception.accounts.any_local(),
        "has_passkeys": site_of(request).can_have_passkeys and reception.accounts.any_local(),
        "holder": holder,
        "wait_minutes": max(1, round(wait_s / 60)),
    }
    template = "signin/again.html" if holder else "signin/signin.html"
    headers = {"Retry-After": str(max(1, round(wait_s)))} if wait_s else {}
    return render(request, template, values, status=status, headers=headers)
