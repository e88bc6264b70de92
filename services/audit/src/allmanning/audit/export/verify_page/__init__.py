"""VERIFY.html: the page that checks a bundle in a browser, put together from its files."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

_SCRIPTS: Final = ("words.js", "bytes.js", "bundle.js", "rules.js", "checks.js", "page.js")


@cache
def page() -> bytes:
    """One file that needs nothing else: style and scripts stand in it, and its policy forbids every connection."""
    folder = files(__name__)
    scripts = "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in _SCRIPTS)
    text = folder.joinpath("page.html").read_text(encoding="utf-8")
    style = folder.joinpath("page.css").read_text(encoding="utf-8")
    return text.replace("/* style */", style).replace("/* scripts */", scripts).encode()
