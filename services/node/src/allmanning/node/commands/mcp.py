"""`allmanning mcp`: the tools of the Model Context Protocol for a program on this desk, over standard streams."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, cast

import typer

from allmanning.node.client import Client
from allmanning.node.commands.key import RoleName
from allmanning.node.folder import DEFAULT
from allmanning.node.output import AuthorityOption, Data, KeyOption, Url, errors, target
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from allmanning.gateway.api.completion import Completion
    from allmanning.gateway.api.hits import Hits


def mcp(
    authority: AuthorityOption = "exempelby",
    role: Annotated[RoleName, typer.Option("--role", "-r", help="Fråga som den här rollen.")] = RoleName.CITIZEN,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
) -> None:
    """Låt ett program, till exempel en skrivbordsassistent, fråga och söka (MCP över stdin och stdout)."""
    with errors(as_json=False):
        asyncio.run(_serve(target(data, url, key).client(authority, role.value)))


class _Remote:
    """The platform over HTTP, as the key that the command was given."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def ask(self, body: Mapping[str, Json]) -> Completion:
        return cast("Completion", await asyncio.to_thread(self._client.post, "/v1/chat/completions", body))

    async def search(self, body: Mapping[str, Json]) -> Hits:
        return await asyncio.to_thread(self._client.search, body)


async def _serve(client: Client) -> None:
    """Answer until the program that started us closes our input."""
    from mcp.server.stdio import stdio_server

    from allmanning.gateway.mcp.server import mcp_server

    backend = _Remote(client)
    server = mcp_server(lambda _call: (backend, client.url))
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())
