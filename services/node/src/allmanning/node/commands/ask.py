"""`allmanning ask`: one question, one answer with its sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, cast

import typer
from rich.markup import escape

from allmanning.node.commands.key import RoleName
from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.record import Json


def ask(
    question: Annotated[str, typer.Argument(help="Frågan, med egna ord.")],
    authority: AuthorityOption = "exempelby",
    role: Annotated[RoleName, typer.Option("--role", "-r", help="Fråga som den här rollen.")] = RoleName.CITIZEN,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Ställ en fråga och få svar med källor, eller ett ärligt besked."""
    with errors(as_json):
        answer = target(data, url, key).client(authority, role.value).ask(question)
        text = answer["choices"][0]["message"]["content"]
        decision = answer["allmanning"]

        def shown() -> None:
            console.print(text, markup=False)
            console.print()
            for number, citation in enumerate(decision["citations"], 1):
                document = citation["document"]
                console.print(f"[dim]{number}. {escape(document['title'])} · {escape(document['uri'])}[/]")
            reason = f" · {decision['reason']}" if decision["reason"] else ""
            console.print(f"[dim]Beslut {decision['decision_id']} · {decision['outcome']}{reason}[/]")

        show(cast("Mapping[str, Json]", {"answer": text, **decision}), as_json, shown)
