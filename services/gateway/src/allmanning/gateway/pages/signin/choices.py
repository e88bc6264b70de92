"""`/signin`: the ways in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from allmanning.gateway.pages.signin.own_path import own_path
from allmanning.gateway.rendering import render

router = APIRouter()


@router.get("/signin")
async def sign_in_page(request: Request, next_path: Annotated[str, Query(max_length=4000)] = "") -> Response:
    """The ways to sign in here."""
    return choices_page(request, next_path=next_path)


def choices_page(request: Request, *, next_path: str, wrong: str = "", status: int = 200) -> Response:
    """The page, with what was `wrong`: "key", "password", "throttled" …"""
    return render(request, "signin/signin.html", {"next_path": own_path(next_path), "wrong": wrong}, status=status)
