"""`/widget.js`: one script, put together from its files once."""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

router = APIRouter()

# Within reach of everybody and the same for all: browsers ask again after an hour, and get it only when it is new.
_FRESH_S: Final = 3_600
# In order; the first two are the chat page's own.
_PARTS: Final = (
    "static/stream.js",
    "static/citizen/kept.js",
    "widget/words.js",
    "widget/element.js",
    "widget/rating.js",
    "widget/person.js",
    "widget/turn.js",
    "widget/chat.js",
)
_STYLES: Final = ("widget/widget.css", "widget/after.css")


class Script(NamedTuple):
    """The script, and gzipped."""

    plain: bytes
    gzipped: bytes
    tag: str


@cache
def script() -> Script:
    """Modules one after another in a function of their own, so that nothing of it shows in the page."""
    web = files("allmanning.gateway") / "web"
    style = json.dumps("".join((web / part).read_text(encoding="utf-8") for part in _STYLES))
    bodies = [(web / part).read_text(encoding="utf-8").replace("export ", "") for part in _PARTS]
    plain = "\n".join(['(() => {\n"use strict";', f"const STYLE = {style};", *bodies, "})();\n"]).encode()
    return Script(plain, gzip.compress(plain, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:32]}"')


@router.get("/widget.js")
async def widget_script(request: Request) -> Response:
    """The script that an authority puts on its web site."""
    made = script()
    headers = {
        "Cache-Control": f"public, max-age={_FRESH_S}",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "ETag": made.tag,
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == made.tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(made.gzipped, media_type="text/javascript", headers=headers)
    return Response(made.plain, media_type="text/javascript", headers=headers)
