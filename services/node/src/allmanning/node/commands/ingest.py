"""`allmanning ingest`: hand in documents."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.markup import escape

from allmanning.node.documents import DocumentFile, documents
from allmanning.node.folder import DEFAULT
from allmanning.node.output import EXIT_NO, AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, notes, show
from allmanning.node.output import target as target_of
from allmanning.node.queue_bars import QueueBars
from allmanning.node.submission import Following, Outcome, new_batch, submit
from allmanning.runtime.errors import InvalidInput

# More than this is an import that nobody waits for, and lets others pass.
_A_FEW: Final = 100
_INTERRUPTED: Final = 130


class SecrecyName(StrEnum):
    OPEN = "open"
    INTERNAL = "internal"
    SECRET = "secret"  # noqa: S105 - a class of documents


class PriorityName(StrEnum):
    URGENT = "urgent"
    NORMAL = "normal"
    BULK = "bulk"


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Filer och mappar.")],
    authority: AuthorityOption,
    collection: Annotated[str, typer.Option("--collection", "-c", help="Samling som dokumenten läggs i.")],
    secrecy: Annotated[
        SecrecyName,
        typer.Option("--secrecy", help="Klass för dokument som inte själva, eller genom _folder.yaml, anger någon."),
    ] = SecrecyName.OPEN,
    batch: Annotated[str, typer.Option("--batch", help="Importens namn, att följa eller avbryta den med.")] = "",
    priority: Annotated[
        PriorityName | None,
        typer.Option("--priority", help="Utan: normal för högst 100 filer, annars bulk, som släpper fram andra."),
    ] = None,
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
        chosen = priority or (PriorityName.NORMAL if len(files) <= _A_FEW else PriorityName.BULK)
        metadata = {"default_secrecy": secrecy.value, "priority": chosen.value}
        name = batch or new_batch()
        try:
            outcome = _with_bars(
                files,
                lambda following: submit(
                    client, files, collection=collection, metadata=metadata, batch=name, following=following
                ),
            )
        except KeyboardInterrupt:
            notes.print(
                f"Det som är inlämnat läses in ändå. Följ det: allmanning queue -a {authority} --batch {name} --watch\n"
                f"Avbryt det: allmanning queue cancel -a {authority} --batch {name}",
                markup=False,
            )
            raise typer.Exit(_INTERRUPTED) from None

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


def _with_bars(files: list[DocumentFile], work: Callable[[Following], Outcome]) -> Outcome:
    with QueueBars(notes, len(files)) as bars:
        return work(Following(handed_in=bars.handed_in, queue=bars.queue))
