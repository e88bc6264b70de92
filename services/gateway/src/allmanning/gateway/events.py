"""Server-sent events: the lines, and a response that closes what it streams from."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, TypeVar

import anyio
from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from allmanning.runtime.errors import PlatformError

ALIVE: Final = ": \n\n"
DONE: Final = "data: [DONE]\n\n"
_EVERY_S: Final = 1.0
# Proxies close what says nothing for longer.
_ALIVE_EVERY_S: Final = 15.0

T = TypeVar("T")


def event(data: object, name: str = "") -> str:
    """One event; JSON never holds a raw line break, so it always fits one `data` line."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n"


def comment(data: object) -> str:
    """A line that clients pass over, unless they look for `: allmanning {…}`."""
    return f": allmanning {json.dumps(data, ensure_ascii=False)}\n\n"


async def changes(request: Request, look: Callable[[], Awaitable[T]], line: Callable[[T], str]) -> AsyncIterator[str]:
    """The line of what `look` sees: at once, then whenever it has changed, until the client leaves.

    What was told last stands while a service does not answer.
    """
    told: T | None = None
    now: T | None = None
    silent_s = 0.0
    while not await request.is_disconnected():
        with contextlib.suppress(PlatformError):
            now = await look()
        if now is not None and now != told:
            told, silent_s = now, 0.0
            yield line(now)
        elif silent_s >= _ALIVE_EVERY_S:
            silent_s = 0.0
            yield ALIVE
        await asyncio.sleep(_EVERY_S)
        silent_s += _EVERY_S


async def _nothing_to_close() -> None:
    return


class EventStream(StreamingResponse):
    """Streams events and calls `close` when the last has left, or when the client leaves."""

    def __init__(self, lines: AsyncIterator[str], close: Callable[[], Awaitable[None]] = _nothing_to_close) -> None:
        # The second header tells nginx not to hold sentences back.
        super().__init__(lines, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
        self._close = close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await self._close()
