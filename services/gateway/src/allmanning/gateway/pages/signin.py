"""Sign in to the pages with an API key, and out again."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.gateway.asker import SESSION_COOKIE, TheParts
from allmanning.gateway.rendering import render
from allmanning.runtime.errors import Unauthenticated

router = APIRouter()

_FIRST_PAGE: Final = {Role.CASEWORKER: "/search", Role.AUDITOR: "/log", Role.ADMIN: "/admin/documents"}


@router.get("/signin")
async def sign_in_page(request: Request, next_path: str = "") -> Response:
    """The form."""
    return render(request, "signin/signin.html", {"next_path": _own_path(next_path), "wrong": False})


@router.post("/signin")
async def sign_in(
    request: Request, parts: TheParts, key: Annotated[str, Form()] = "", next_path: Annotated[str, Form()] = ""
) -> Response:
    """Open a session for the key's holder."""
    found = parts.keyring.key(key.strip())
    if found is None:
        values = {"next_path": _own_path(next_path), "wrong": True}
        return render(request, "signin/signin.html", values, status=Unauthenticated.status)
    token = await parts.keyring.open_session(found, parts.settings.session_hours)
    response = RedirectResponse(_own_path(next_path) or _FIRST_PAGE.get(found.role, "/"), status_code=303)
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=round(parts.settings.session_hours * 3600),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


@router.post("/signout")
async def sign_out(request: Request, parts: TheParts) -> Response:
    """End the session."""
    if token := request.cookies.get(SESSION_COOKIE, ""):
        await parts.keyring.end_session(token)
    response = RedirectResponse("/", status_code=303)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
    return response


def _own_path(path: str) -> str:
    """`path` if it leads to a page of ours, otherwise nothing: a sign-in must not send people elsewhere."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else ""
