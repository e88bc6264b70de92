"""Where a sign-in may lead: to pages of ours only."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from allmanning.contracts.access.v1.access_pb import Role

_FIRST_PAGE: Final = {Role.CASEWORKER: "/search", Role.AUDITOR: "/log", Role.ADMIN: "/admin"}
_MAX_CHARS: Final = 4_000


def own_path(path: str) -> str:
    """`path` if it leads to a page of ours, otherwise nothing: a sign-in must not send people elsewhere.

    Browsers read a backslash as `/` and skip tabs and line breaks (WHATWG URL, 4.4), so none of them may stand in it.
    """
    if not path.startswith("/") or path.startswith("//") or len(path) > _MAX_CHARS:
        return ""
    if "\\" in path or any(not c.isprintable() for c in path):
        return ""
    try:
        parts = urlsplit(path)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else path


def first_page(role: Role) -> str:
    """The page of a role's daily work."""
    return _FIRST_PAGE.get(role, "/")
