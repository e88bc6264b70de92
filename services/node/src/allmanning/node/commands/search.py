"""`allmanning search`: find passages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, cast

import typer
from rich.markup import escape

from allmanning.node.commands.key import RoleName
from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.record import Json


def search(
    query: Annotated[str, typer.Argument(help="Vad du söker, med egna ord.")],
    authority: AuthorityOption = "exempelby",
    role: Annotated[RoleName, typer.Option("--role", "-r", help="Sök som den här rollen.")] = RoleName.CASEWORKER,
    limit: Annotated[int, typer.Option("--limit", "-n", help="Högst så många träffar.")] = 10,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Sök stycken i myndighetens dokument."""
    with errors(as_json):
        client = target(data, url, key).client(authority, role.value)
        found = client.search(query, limit)

        def text() -> None:
            for number, passage in enumerate(found["passages"], 1):
                document = passage["document"]
                console.print(f"[bold]{number}. {escape(document['title'])}[/]  [dim]{escape(document['uri'])}[/]")
                console.print(passage["text"], markup=False)
                console.print()

        show(cast("Mapping[str, Json]", found), as_json, text)
