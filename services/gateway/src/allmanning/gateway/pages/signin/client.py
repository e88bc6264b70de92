"""Who asks, as far as the connection tells: the browser, its address, and the name it knows us by."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

from allmanning.gateway.parts import parts_of
from allmanning.gateway.signin.passkeys import Site

# The first word that stands in the header; every Chromium also calls itself Safari, and Edge also Chrome.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def device_of(request: Request) -> str:
    """`Firefox, Windows`, as far as the browser says; nothing that tells one such browser from another."""
    said = request.headers.get("user-agent", "")
    found = [next((word for mark, word in words if mark in said), "") for words in (_BROWSERS, _SYSTEMS)]
    return ", ".join(each for each in found if each)


def address_of(request: Request) -> str:
    """The address the request came from, as a trusted proxy tells it."""
    return request.client.host if request.client else ""


def site_of(request: Request) -> Site:
    """Where people meet us: `public_url`, or the address that this call came to."""
    stated = urlsplit(parts_of(request).settings.public_url or str(request.url))
    return Site(f"{stated.scheme}://{stated.netloc}")
