"""VERIFY.html: the page that checks a bundle in a browser, put together from its files."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Final

# The pages of the gateway check receipts with the same scripts, as modules.
_SHARED: Final = ("bytes.js", "receipt.js")
_SCRIPTS: Final = ("zip.js", "rules.js", "checks.js", "page.js")
_MODULE_WORDS: Final = re.compile(r"^import [^;]*;\n|^export ", re.MULTILINE)


@cache
def page() -> bytes:
    """One file that needs nothing else. Its own policy forbids every connection, and any script but the one in it."""
    folder = files(__name__)
    shared = files("allmanning.runtime") / "browser_proof"
    texts = [folder / "words.js", *(shared / name for name in _SHARED), *(folder / name for name in _SCRIPTS)]
    scripts = _MODULE_WORDS.sub("", "".join(each.read_text(encoding="utf-8") for each in texts))
    style = folder.joinpath("page.css").read_text(encoding="utf-8")
    text = folder.joinpath("page.html").read_text(encoding="utf-8")
    for mark, content in (
        ("/* script hash */", _source(scripts)),
        ("/* style hash */", _source(style)),
        ("/* style */", style),
        ("/* scripts */", scripts),
    ):
        text = text.replace(mark, content)
    return text.encode()


def _source(text: str) -> str:
    """What a content security policy calls a script or a style by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
