"""The tools over streamable HTTP, with the same keys, access, rules and log as the API."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from allmanning.gateway.answers import Answer
from allmanning.gateway.api.chat import question_of, told
from allmanning.gateway.api.chat_request import ChatRequest
from allmanning.gateway.api.completion import Completion
from allmanning.gateway.api.grounds import Teller
from allmanning.gateway.api.hits import Hits, hits
from allmanning.gateway.api.query import Query
from allmanning.gateway.api.search import search
from allmanning.gateway.asker import Asker, keyed
from allmanning.gateway.links import origin_of
from allmanning.gateway.mcp.server import Call, mcp_server
from allmanning.gateway.mcp.tools import Backend
from allmanning.gateway.parts import parts_of
from allmanning.runtime.errors import Unauthenticated
from allmanning.runtime.record import Json


def session_manager() -> StreamableHTTPSessionManager:
    """Each call stands alone: nothing is kept between them."""
    return StreamableHTTPSessionManager(mcp_server(_backend), stateless=True)


def _backend(call: Call) -> tuple[Backend, str]:
    if call.request is None:
        raise Unauthenticated("auth.missing", "Anropet kom utan nyckel.")
    request = Request(call.request.scope)
    return _Direct(request, keyed(request)), origin_of(request)


class _Direct:
    """The services, asked as the API asks them."""

    def __init__(self, request: Request, asker: Asker) -> None:
        self._request = request
        self._asker = asker
        self._parts = parts_of(request)

    async def ask(self, body: Mapping[str, Json]) -> Completion:
        asked = ChatRequest.model_validate(body)
        answer = Answer(self._parts, question_of(asked, self._asker))
        try:
            finished = await answer.finished()
        finally:
            await answer.close()
        return told(answer, finished, asked, Teller.of(self._request, self._asker))

    async def search(self, body: Mapping[str, Json]) -> Hits:
        return hits(await search(self._parts, self._asker.principal, Query.model_validate(body)))
