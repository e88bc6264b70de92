"""What pages load beside themselves: the same for everybody, so that browsers may keep it.

A page names these files with the release before their path, `/static/~<release>/base.css`: a browser keeps them for
good, since another content has another address (RFC 8246), and so does what they load by relative paths. Under the
plain path they are asked for again each time, for addresses that others wrote down.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Final

from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.routing import Mount, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from allmanning.gateway.typeface import served

ROOT: Final = "/static"
_FONTS_FRESH_S: Final = 7 * 86_400
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_RELEASED: Final = re.compile(r"/~(?P<release>[0-9a-f]{16})(?P<path>/.*)")


class KeptFiles(StaticFiles):
    """Files of a folder with how long a browser may use its copy without asking whether it has changed."""

    def __init__(self, directory: str | PathLike[str], fresh_s: int) -> None:
        super().__init__(directory=directory)
        self._kept = f"public, max-age={fresh_s}" if fresh_s else "no-cache"

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = self._kept
        return response


class Released:
    """Serves what `within` has under `/~<release>` too. An address of another release, from a page that was open during
    an upgrade, gets what there is now, and keeps it no longer than the plain path would.
    """

    def __init__(self, within: ASGIApp) -> None:
        self._within = within

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root = scope.get("root_path", "")
        found = _RELEASED.fullmatch(scope["path"][len(root) :])
        if found is None:
            await self._within(scope, receive, send)
            return

        async def kept(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in {200, 304}:
                MutableHeaders(scope=message)["Cache-Control"] = _FOR_GOOD
            await send(message)

        current = found["release"] == release()
        await self._within({**scope, "path": root + found["path"]}, receive, kept if current else send)


def _folders() -> dict[str, tuple[Path, int]]:
    """Each folder by its path under `ROOT`, with how long its files stay fresh under their plain path."""
    folders = {
        # Proofs are checked by the same scripts as in the page that goes with every bundle.
        "/proof": (Path(str(files("allmanning.runtime") / "browser_proof")), 0),
        "": (Path(str(files("allmanning.gateway") / "web" / "static")), 0),
    }
    fonts = served()
    return {"/fonts": (fonts, _FONTS_FRESH_S), **folders} if fonts else folders


@cache
def release() -> str:
    """A hash of all files: 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for name, (folder, _fresh_s) in sorted(_folders().items()):
        for file in sorted(each for each in folder.rglob("*") if each.is_file()):
            digest.update(f"{name}/{file.relative_to(folder)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def static_files() -> ASGIApp:
    """All of it, to be mounted at `ROOT`."""
    return Released(Router([Mount(name, KeptFiles(*folder)) for name, folder in _folders().items()]))
