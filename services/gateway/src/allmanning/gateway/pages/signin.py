"""Sign in to the pages with an API key, and out again."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.gateway.asker import SESSION_COOKIE, Asker, TheParts, signed_in
from allmanning.gateway.rendering import render
from allmanning.runtime.errors import Unauthenticated

router = APIRouter()

_FIRST_PAGE: Final = {Role.CASEWORKER: "/search", Role.AUDITOR: "/log", Role.ADMIN: "/admin/documents"}


def staff(request: Request, *roles: Role) -> Asker:
    """The holder of the session, if one of these roles; whoever has not signed in is sent to do so.

    Raises:
        HTTPException: 303 to the sign-in page.
        Forbidden: `auth.forbidden`.
    """
    asker = signed_in(request)
    if asker is None:
        wanted = f"{request.url.path}?{request.url.query}" if request.method == "GET" else request.url.path
        raise HTTPException(303, headers={"Location": f"/signin?{urlencode({'next_path': wanted})}"})
    asker.require(*roles)
    return asker


@router.get("/signin")
async def sign_in_page(request: Request, next_path: str = "") -> Response:
    """The form."""
    return render(request, "signin.html", {"next_path": _own_path(next_path), "wrong": False})


@router.post("/signin")
async def sign_in(
    request: Request, parts: TheParts, key: Annotated[str, Form()] = "", next_path: Annotated[str, Form()] = ""
) -> Response:
    """Open a session for the key's holder."""
    found = parts.keyring.key(key.strip())
    if found is None:
        values = {"next_path": _own_path(next_path), "wrong": True}
        return render(request, "signin.html", values, status=Unauthenticated.status)
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
