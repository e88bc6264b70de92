"""Forms are sent from our own pages only."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

from allmanning.runtime.errors import Forbidden

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


async def same_origin(request: Request) -> None:
    """Refuse a form that another site made a browser send.

    Raises:
        Forbidden: `origin.foreign`.
    """
    if request.method in _SAFE:
        return
    site = request.headers.get("sec-fetch-site", "")
    origin = request.headers.get("origin", "")
    # Without either header it is no browser, and only browsers carry somebody else's cookies.
    foreign = site not in {"", "same-origin", "none"}
    foreign = foreign or bool(not site and origin and urlsplit(origin).netloc != request.headers.get("host"))
    if foreign:
        raise Forbidden("origin.foreign", "Formuläret skickades från en annan webbplats och togs inte emot.")
