"""`allmanning evaluate`: how good are search and answers?"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target

app = typer.Typer(help="Mät hur bra sökning och svar är.", no_args_is_help=True)


@app.command("retrieval")
def retrieval(
    folder: Annotated[Path, typer.Argument(help="Mapp med queries.jsonl, corpus.jsonl och qrels.tsv.")],
    as_json: AsJson = False,
    data: Data = DEFAULT,  # noqa: ARG001 - every command takes it; this one needs no node
) -> None:
    """Mät sökningen på en mängd frågor med facit. Kräver ingen nod."""
    from allmanning.node.evaluate.retrieval import evaluate_retrieval

    with errors(as_json):
        figures = asyncio.run(evaluate_retrieval(folder)).as_dict()
        show(figures, as_json, lambda: [console.print(f"{name:<14} {value}") for name, value in figures.items()])


@app.command("answers")
def answers(
    file: Annotated[Path, typer.Argument(help="Frågor med facit, en JSON per rad.")],
    authority: AuthorityOption = "exempelby",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Mät svaren på frågor med facit mot en nod som kör."""
    with errors(as_json):
        target(data, url, key).client(authority, "citizen")
        console.print(file)
        show({}, as_json, lambda: None)
