"""What a page on another web site may send and read: only one that its channel lists.

The widget sends plain forms, which browsers let any page send without asking first (Fetch standard, CORS-safelisted
content types). So a page that is not on the list gets a refusal that it can read, in words, and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from allmanning.gateway.asker import Asker
from allmanning.gateway.channels import listed
from allmanning.gateway.pages.answer_stream import told_problem
from allmanning.gateway.parts import Parts
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.record import Json

_DONE: Final[dict[str, Json]] = {}

Work: TypeAlias = Callable[[Asker], Awaitable[dict[str, Json] | None]]


async def for_listed(request: Request, parts: Parts, key: str, language: str, work: Work) -> Response:
    """What `work` tells, as JSON to the page that asked; or what was wrong, in words."""
    origin = request.headers.get("origin", "")
    try:
        channel = await asyncio.to_thread(listed, parts.settings.data_dir, key, origin)
        response = JSONResponse(await work(Asker(channel.principal)) or _DONE)
    except PlatformError as error:
        response = refusal(error, language)
    return readable(response, origin)


def refusal(error: PlatformError, language: str) -> JSONResponse:
    """What was wrong, with its status."""
    return JSONResponse(told_problem(error, language), status_code=error.status)


def readable(response: Response, origin: str) -> Response:
    """By the page that asked, and by no other."""
    if origin:
        response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Vary"] = "Origin"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
