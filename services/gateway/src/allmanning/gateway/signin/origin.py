"""Whether another site made a browser send a request."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS: Final = frozenset({"same-origin", "none"})


def is_foreign(request: Request) -> bool:
    """By Fetch Metadata, which a browser sends and no page can change; without it, by `Origin`.

    A request with neither comes from no browser that sends a form, and only browsers carry somebody else's cookies.
    """
    site = request.headers.get("sec-fetch-site", "")
    if site:
        return site not in _OURS
    origin = request.headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc != request.headers.get("host")
