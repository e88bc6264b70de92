"""A part of a document: PDF viewers fetch the pages that are looked at.

Source: RFC 9110, 14.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import Final

from fastapi.responses import Response, StreamingResponse

# Several ranges at once may be answered as none.
_RANGE: Final = re.compile(r"bytes=\s*(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))\s*")


class Unsatisfiable(Exception):
    """The range begins after the end."""


def wanted(header: str, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last of what a `Range` header asks for; None when it is the whole.

    Raises:
        Unsatisfiable: there is no such part.
    """
    match = _RANGE.fullmatch(header)
    if not match:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        start, end = max(0, size - int(suffix)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= size or start == end:
        raise Unsatisfiable
    return start, end


def not_there(size: int) -> Response:
    return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})


def streamed(
    content: AsyncIterator[bytes], part: tuple[int, int] | None, size: int, media_type: str, headers: Mapping[str, str]
) -> Response:
    """The response that carries `content`, which is `part` of the document or all of it."""
    start, end = part or (0, size)
    about = {"Content-Length": str(end - start), "Accept-Ranges": "bytes"}
    if part:
        about["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    status = 206 if part else 200
    return StreamingResponse(content, status_code=status, media_type=media_type, headers={**headers, **about})
