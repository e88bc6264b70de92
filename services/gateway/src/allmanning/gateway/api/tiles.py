"""The logs as anybody may follow them: C2SP tlog-tiles, from the files that the audit service writes.

Leaves hold no personal data, so nobody needs a key. A web server or a cache may serve the same folder instead.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path as FilePath
from typing import Annotated, Final

from fastapi import APIRouter, Header, Path
from fastapi.responses import Response

from allmanning.gateway.api.media import answers
from allmanning.gateway.asker import TheParts
from allmanning.runtime.errors import NotFound

router = APIRouter(prefix="/log/{authority}/{period}", tags=["log"])

Authority = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,63}$", description="The authority's identifier")]
Period = Annotated[str, Path(pattern=r"^[0-9]{4}h[12][b-z]?$", description="Half-year, such as 2026h2")]

_TILE: Final = re.compile(
    r"(?P<full>(?:entries|[0-9]|[1-5][0-9]|6[0-3])/(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)
_HASH_BYTES: Final = 32
_LENGTH_BYTES: Final = 2
_FOR_EVER: Final = "public, max-age=31536000, immutable"


@router.get("/checkpoint", response_class=Response, responses=answers("text/plain"))
def checkpoint(authority: Authority, period: Period, parts: TheParts) -> Response:
    """The newest checkpoint whose tiles are here: a signed note with the log's and the witnesses' signatures."""
    note = _read(_folder(parts.settings.log_folder, authority, period) / "checkpoint")
    if note is None:
        raise _not_found()
    # Anybody's script may read it, on any page: it is public.
    headers = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(note, media_type="text/plain; charset=utf-8", headers=headers)


@router.get("/tile/{name:path}", response_class=Response, responses=answers("application/octet-stream"))
def tile(
    authority: Authority,
    period: Period,
    name: str,
    parts: TheParts,
    accept_encoding: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Hashes of the Merkle tree, `<level>/<index>[.p/<width>]`, or records, `entries/<index>[.p/<width>]`."""
    match = _TILE.fullmatch(name)
    if not match:
        raise _not_found()
    folder = _folder(parts.settings.log_folder, authority, period) / "tile"
    width = int(match["width"]) if match["width"] else None
    data = _read(folder / name) if width is None else _partial(folder, match["full"], width)
    if data is None:
        raise _not_found()
    headers = {"Cache-Control": _FOR_EVER, "Cross-Origin-Resource-Policy": "cross-origin"}
    if name.startswith("entries/"):
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in accept_encoding:
            data, headers["Content-Encoding"] = gzip.compress(data, compresslevel=6, mtime=0), "gzip"
    return Response(data, media_type="application/octet-stream", headers=headers)


def _partial(folder: FilePath, full: str, width: int) -> bytes | None:
    """A partial tile: its file, or the beginning of a wider one.

    A client may hold a checkpoint between two that were published, and needs the tiles of exactly that size.
    """
    own = _read(folder / f"{full}.p" / str(width))
    if own is not None:
        return own
    wider = sorted(int(path.name) for path in (folder / f"{full}.p").glob("[0-9]*") if int(path.name) > width)
    data = _read(folder / f"{full}.p" / str(wider[0])) if wider else None
    # The full tile takes the place of the partial ones, which may have happened since they were listed.
    data = _read(folder / full) if data is None else data
    if data is None:
        return None
    return _entries(data, width) if full.startswith("entries/") else data[: width * _HASH_BYTES]


def _entries(bundle: bytes, count: int) -> bytes:
    """The first entries of a bundle."""
    at = 0
    for _ in range(count):
        at += _LENGTH_BYTES + int.from_bytes(bundle[at : at + _LENGTH_BYTES], "big")
    return bundle[:at]


def _folder(root: FilePath, authority: str, period: str) -> FilePath:
    return root / authority / period


def _read(path: FilePath) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _not_found() -> NotFound:
    return NotFound("log.not_found", "Det finns ingen sådan fil i loggen. (The log has no such file.)")
