"""`/mcp`: who may call, and the protocol's library, which is loaded when somebody does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from fastapi import Request
from starlette.types import Receive, Scope, Send

from allmanning.gateway.asker import keyed
from allmanning.gateway.pages.origin import same_origin

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

PATH: Final = "/mcp"


class McpEndpoint:
    """The ASGI application at `/mcp`. Its library takes 24 MB and 0.4 s, and most gateways are never called so."""

    def __init__(self) -> None:
        self._starting = asyncio.Lock()
        self._stop = asyncio.Event()
        self._sessions: StreamableHTTPSessionManager | None = None
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await same_origin(request)
        keyed(request)
        await (await self._started()).handle_request(scope, receive, send)

    async def close(self) -> None:
        """End the calls that are under way."""
        self._stop.set()
        if self._running is not None:
            await self._running

    async def _started(self) -> StreamableHTTPSessionManager:
        async with self._starting:
            if self._sessions is None:
                from allmanning.gateway.mcp.over_http import session_manager

                sessions = session_manager()
                ready = asyncio.Event()
                self._running = asyncio.create_task(self._run(sessions, ready))
                await ready.wait()
                self._sessions = sessions
            return self._sessions

    async def _run(self, sessions: StreamableHTTPSessionManager, ready: asyncio.Event) -> None:
        """In a task of its own: what the manager opens is closed by the task that opened it."""
        async with sessions.run():
            ready.set()
            await self._stop.wait()
