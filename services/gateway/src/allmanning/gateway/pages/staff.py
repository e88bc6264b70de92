"""Pages for those who work here: who may see one, and where the others are sent."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import Request
from starlette.exceptions import HTTPException

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.gateway.asker import Asker, signed_in


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
