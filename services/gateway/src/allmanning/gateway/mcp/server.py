"""The protocol's server around the two tools, for whichever way the messages come."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any, Final, TypeAlias

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
)
from pydantic import ValidationError
from starlette.requests import Request

from allmanning.gateway.mcp.tools import (
    ASK,
    SEARCH,
    AskArguments,
    Backend,
    SearchArguments,
    answer_text,
    answered,
    found,
    found_text,
    tools,
)
from allmanning.gateway.problems import INTERNAL
from allmanning.runtime.errors import Internal, PlatformError

# What a handler knows of the call: over HTTP also the request that it came in.
Call: TypeAlias = ServerRequestContext[dict[str, Any], Request]

_INSTRUCTIONS: Final = (
    "Svar ur en svensk myndighets egna dokument, med källor. Det är en AI-tjänst: säg det till den som läser."
    " (Answers from a Swedish authority’s own documents, with sources. It is an AI service: tell the reader so.)"
)


def mcp_server(backend: Callable[[Call], tuple[Backend, str]]) -> Server[dict[str, Any]]:
    """A server whose calls go to the backend of whoever calls; `backend` also gives the address that links begin with.

    It raises `PlatformError` for one who may not.
    """

    async def list_tools(_call: Call, _page: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=tools())

    async def call_tool(call: Call, asked: CallToolRequestParams) -> CallToolResult:
        try:
            platform, origin = backend(call)
            return await _called(platform, origin, asked)
        except ValidationError as error:
            raise MCPError(INVALID_PARAMS, _invalid(error)) from error
        except PlatformError as error:
            return _failed(error)

    return Server(
        "allmanning",
        title="Allmänning",
        version=version("allmanning-gateway"),
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


async def _called(platform: Backend, origin: str, asked: CallToolRequestParams) -> CallToolResult:
    given = asked.arguments or {}
    match asked.name:
        case name if name == ASK:
            answer = answered(await platform.ask(AskArguments.model_validate(given).body()))
            return CallToolResult(content=[_text(answer_text(answer))], structured_content=answer)
        case name if name == SEARCH:
            hits = found(await platform.search(SearchArguments.model_validate(given).body()), origin)
            return CallToolResult(content=[_text(found_text(hits))], structured_content=hits)
        case _:
            raise MCPError(INVALID_PARAMS, f"Det finns inget verktyg {asked.name}. (There is no such tool.)")


def _failed(error: PlatformError) -> CallToolResult:
    """What went wrong, for a model that may do better or tell its reader."""
    shown = INTERNAL if isinstance(error, Internal) else error
    again = f" (Försök igen om {shown.retry_after_s:.0f} s.)" if shown.retry_after_s else ""
    return CallToolResult(content=[_text(f"{shown.code}: {shown.message}{again}")], is_error=True)


def _invalid(error: ValidationError) -> str:
    # Without the values: they may quote a person.
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _text(text: str) -> TextContent:
    return TextContent(text=text)
