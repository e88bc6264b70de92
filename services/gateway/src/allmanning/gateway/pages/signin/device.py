"""What a person knows their own browser by."""

from __future__ import annotations

from typing import Final

from fastapi import Request

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
