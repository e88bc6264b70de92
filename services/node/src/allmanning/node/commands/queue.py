"""`allmanning queue`: how the work on documents goes, and what to do about it."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, cast

import typer
from rich.markup import escape
from rich.table import Table

from allmanning.node.folder import DEFAULT
from allmanning.node.output import (
    EXIT_NO,
    AsJson,
    AuthorityOption,
    Data,
    KeyOption,
    Url,
    console,
    errors,
    notes,
    show,
    target,
)
from allmanning.node.queue_bars import STAGES, QueueBars, time_left
from allmanning.node.submission import SET_ASIDE, set_aside, waiting_in
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from allmanning.gateway.api.queue import QueueOut

POLL_EVERY_S: Final = 1.0
WORDS: Final = {
    "received": "väntar eller läses",
    "indexed": "går att söka",
    "scheduled": "börjar gälla senare",
    "expanded": "uppackade",
    "rejected": "avvisade",
    "failed": "misslyckades",
    "held": "hålls kvar",
    "needs_ocr": "behöver textigenkänning",
    "cancelled": "avbrutna",
    "retired": "borttagna",
}

app = typer.Typer(help="Hur inläsningen går; pausa, avbryt eller kör om.")
Batch = Annotated[str, typer.Option("--batch", help="Bara den här importen.")]


@app.callback(invoke_without_command=True)
def queue(
    context: typer.Context,
    authority: AuthorityOption = "",
    batch: Batch = "",
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Följ tills allt är klart.")] = False,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Visa hur många dokument som är i varje läge, och vad som läses just nu; eller pausa, avbryt, kör om."""
    if context.invoked_subcommand:
        return
    with errors(as_json):
        if not authority:
            raise InvalidInput("authority.missing", "Ange en myndighet med --authority.")
        client = target(data, url, key).client(authority, "admin")
        found = client.queue(batch)
        if watch:
            with contextlib.suppress(KeyboardInterrupt), QueueBars(notes) as bars:
                while waiting_in(found):
                    bars.queue(found)
                    time.sleep(POLL_EVERY_S)
                    found = client.queue(batch)
        show(cast("dict[str, Json]", found), as_json, lambda: _print(found))


@app.command("pause")
def pause(
    authority: AuthorityOption, data: Data = DEFAULT, url: Url = "", key: KeyOption = "", as_json: AsJson = False
) -> None:
    """Stanna inläsningen; det som läses just nu läses färdigt."""
    _set(authority, "pause", "Inläsningen är pausad.", data, url, key, as_json)


@app.command("resume")
def resume(
    authority: AuthorityOption, data: Data = DEFAULT, url: Url = "", key: KeyOption = "", as_json: AsJson = False
) -> None:
    """Fortsätt inläsningen."""
    _set(authority, "resume", "Inläsningen fortsätter.", data, url, key, as_json)


@app.command("cancel")
def cancel(
    authority: AuthorityOption,
    document: Annotated[str, typer.Argument(help="Dokumentets id.")] = "",
    batch: Batch = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Avbryt ett dokument eller en import. Det som redan går att söka är kvar."""
    with errors(as_json):
        if bool(document) == bool(batch):
            raise InvalidInput("cancel.nothing_named", "Ange antingen ett dokument eller --batch.")
        client = target(data, url, key).client(authority, "admin")
        path = f"/v1/documents/{document}/cancel" if document else "/v1/queue/cancel"
        done = client.post(path, {} if document else {"batch": batch})
        show(done, as_json, lambda: console.print(f"{done['documents']} dokument avbröts."))


@app.command("retry")
def retry(
    authority: AuthorityOption,
    document: Annotated[str, typer.Argument(help="Dokumentets id. Utan: alla i något av lägena.")] = "",
    state: Annotated[list[str], typer.Option("--state", help=f"Lägen: {', '.join(SET_ASIDE)}. Utan: failed.")] = [],  # noqa: B006
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Kör om dokument som inte kom med."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        states: list[Json] = list(state) or ["failed"]
        path = f"/v1/documents/{document}/retry" if document else "/v1/queue/retry"
        done = client.post(path, {} if document else {"states": states})
        show(done, as_json, lambda: console.print(f"{done['documents']} dokument körs om."))


@app.command("failed")
def failed(
    authority: AuthorityOption,
    batch: Batch = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Visa dokument som inte kom med, och varför. Slutkod 1 om det finns några."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        found = [
            {name: each[name] for name in ("id", "uri", "state", "code", "reason", "attempts")}
            for each in cast("list[dict[str, Json]]", list(set_aside(client, batch, SET_ASIDE)))
        ]

        def text() -> None:
            for each in found:
                uri, reason = escape(str(each["uri"])), escape(str(each["reason"]))
                console.print(
                    f"[red]{uri}[/] {WORDS[str(each['state'])]} ({each['code']}), id {each['id']}\n  {reason}"
                )
            if not found:
                console.print("Allt kom med.")

        show({"documents": [*found]}, as_json, text)
        if found:
            raise typer.Exit(EXIT_NO)


def _set(authority: str, verb: str, said: str, data: Path, url: str, key: str, as_json: bool) -> None:
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        queue = client.post(f"/v1/queue/{verb}", {})
        show(queue, as_json, lambda: console.print(said))


def _print(queue: QueueOut) -> None:
    if queue["paused"]:
        console.print("[yellow]Inläsningen är pausad.[/] Fortsätt med: allmanning queue resume")
    table = Table("Läge", "Dokument", "Stycken")
    for name, count in queue["counts"].items():
        table.add_row(WORDS.get(name, name), str(count["documents"]), str(count["passages"]))
    console.print(table)
    if queue["settled_per_minute"]:
        console.print(f"{queue['settled_per_minute']} klara den senaste minuten. {time_left(queue['seconds_left'])}")
    for each in queue["working"]:
        course = each["progress"]
        how = f"{STAGES.get(course['stage'], '')} {course['done']} av {course['total']}" if course else ""
        console.print(f"{escape(each['uri'])} {how}")
