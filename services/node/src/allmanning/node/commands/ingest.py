"""`allmanning ingest`: hand in documents."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from allmanning.node.documents import DocumentFile, documents
from allmanning.node.folder import DEFAULT
from allmanning.node.output import EXIT_NO, AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, notes, show
from allmanning.node.output import target as target_of
from allmanning.node.submission import Outcome, Settled, submit
from allmanning.runtime.errors import InvalidInput


class SecrecyName(StrEnum):
    OPEN = "open"
    INTERNAL = "internal"
    SECRET = "secret"  # noqa: S105 - a class of documents


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Filer och mappar.")],
    authority: AuthorityOption,
    collection: Annotated[str, typer.Option("--collection", "-c", help="Samling som dokumenten läggs i.")],
    secrecy: Annotated[
        SecrecyName,
        typer.Option("--secrecy", help="Klass för dokument som inte själva, eller genom _folder.yaml, anger någon."),
    ] = SecrecyName.OPEN,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Läs in dokument och vänta tills de går att söka. Slutkod 1 om något dokument inte kunde läsas."""
    with errors(as_json):
        files = documents(paths)
        if not files:
            raise InvalidInput("path.empty", "Där finns inga dokument att läsa in.")
        client = target_of(data, url, key).client(authority, "admin", new=True)
        outcome = _with_bars(
            files,
            lambda settled: submit(
                client, files, collection=collection, metadata={"default_secrecy": secrecy.value}, settled=settled
            ),
        )

        def text() -> None:
            console.print(
                f"{outcome.indexed} inlästa, {outcome.unchanged} oförändrade, {len(outcome.rejected)} avvisade"
            )
            for each in outcome.rejected:
                console.print(f"[red]{escape(each['path'])}[/]: {escape(each['reason'])} ({each['code']})")
            if outcome.indexed:
                console.print(f"Dokument utan egen klass är nu: {secrecy.value}. Ändra med --secrecy.")

        show(outcome.as_dict(), as_json, text)
        if outcome.rejected:
            raise typer.Exit(EXIT_NO)


def _with_bars(files: list[DocumentFile], work: Callable[[Settled], Outcome]) -> Outcome:
    """Run `work` with a bar for each file that is under way and one for them all."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=notes, transient=True) as progress:
        whole = progress.add_task("Alla dokument", total=len(files))
        bars = {file.path: progress.add_task(file.path.name, total=1, visible=len(files) <= 20) for file in files}

        def settled(file: DocumentFile, _: str) -> None:
            progress.update(bars[file.path], completed=1, visible=False)
            progress.advance(whole)

        return work(settled)
