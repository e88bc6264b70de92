"""The cookies of a sign-in.

`SameSite=Lax`, not Strict: whoever comes back from their authority's sign-in, or follows a link in a mail to a
decision, is sent by another site, and a Strict cookie would stay at home: they would seem signed out. Lax is never sent
with another site's form, and pages/origin.py refuses such a form besides. Over https the name begins with `__Host-`,
which a browser takes only from us, for this host alone and secure (RFC 6265bis 4.1.3.2).
"""

from __future__ import annotations

from typing import Final

from fastapi import Request
from fastapi.responses import Response

from allmanning.gateway.parts import parts_of

SESSION: Final = "session"
# A sign-in under way: what was sent to the authority's sign-in, or waits for a second factor.
CEREMONY: Final = "signin"
# Opens a form that was sent after its session had ended.
KEPT_FORM: Final = "kept"
# Tells a browser that has signed in before from others.
DEVICE: Final = "device"


def is_secure(request: Request) -> bool:
    """Whether people reach us over https, also when a proxy ends it."""
    return parts_of(request).settings.is_reached_securely(request.url.scheme)


def _named(request: Request, name: str) -> str:
    return f"__Host-{name}" if is_secure(request) else name


def get_cookie(request: Request, name: str) -> str:
    """The cookie's value; empty when there is none."""
    return request.cookies.get(_named(request, name), "")


def set_cookie(request: Request, response: Response, name: str, value: str, *, lasts_s: float) -> None:
    """Give the browser a cookie that no script can read."""
    response.set_cookie(
        _named(request, name),
        value,
        max_age=round(lasts_s),
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Let the browser forget it."""
    response.delete_cookie(_named(request, name), path="/", httponly=True, samesite="lax", secure=is_secure(request))
