"""`allmanning source`: where documents are fetched from, again and again."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Annotated, Final, cast
from urllib.parse import quote

import typer
from rich.markup import escape

from allmanning.node.client import Client
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
from allmanning.runtime.errors import InvalidInput, NotFound
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from allmanning.gateway.api.sources import RunOut, SourceOut

POLL_EVERY_S: Final = 0.5
# Published for everybody already.
_PUBLIC: Final = ("website", "riksdagen")

app = typer.Typer(help="Källor som dokument hämtas ur, om och om igen.", no_args_is_help=True)
Pairs = list[str]


@app.command("add")
def add(
    kind: Annotated[str, typer.Argument(help="folder, website, riksdagen, webdav, eller ett installerat slag.")],
    authority: AuthorityOption,
    collection: Annotated[str, typer.Option("--collection", "-c", help="Samling som dokumenten läggs i.")],
    location: Annotated[str, typer.Argument(help="Adress eller mapp.")] = "",
    name: Annotated[str, typer.Option("--id", help="Källans namn. Utan: efter slag och plats.")] = "",
    every: Annotated[int, typer.Option("--every", help="Minuter mellan körningarna. 0: bara på begäran.")] = 0,
    option: Annotated[Pairs, typer.Option("--option", "-o", help="Slagets alternativ: namn=värde.")] = [],  # noqa: B006
    metadata: Annotated[Pairs, typer.Option("--metadata", "-m", help="Om alla dokument: namn=värde.")] = [],  # noqa: B006
    secrecy: Annotated[
        str,
        typer.Option(
            "--secrecy",
            help="Klass för dokument som inte själva anger någon. Utan: open för website och riksdagen, annars secret.",
        ),
    ] = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Lägg till en källa, eller ändra den som har samma namn. Med --every körs den genast."""
    with errors(as_json):
        said: dict[str, Json] = dict(_pairs("--metadata", metadata))
        said.setdefault("default_secrecy", secrecy or ("open" if kind in _PUBLIC else "secret"))
        body: dict[str, Json] = {
            "kind": kind,
            "collection": collection,
            "location": location,
            "options": dict(_pairs("--option", option)),
            "metadata": said,
            "every_minutes": every,
        }
        client = target(data, url, key).client(authority, "admin", new=True)
        kept = client.put(f"/v1/sources/{quote(name or _name(kind, location), safe='')}", body)

        def text() -> None:
            console.print(f"Källan {kept['id']} finns nu.", markup=False)
            if not every:
                console.print(f"Kör den med: allmanning source run {kept['id']} -a {authority}", markup=False)

        show(kept, as_json, text)


@app.command("list")
def list_sources(
    authority: AuthorityOption, data: Data = DEFAULT, url: Url = "", key: KeyOption = "", as_json: AsJson = False
) -> None:
    """Visa källorna och vad deras senaste körning gjorde."""
    with errors(as_json):
        known = target(data, url, key).client(authority, "admin").get("/v1/sources")

        def text() -> None:
            for each in cast("list[SourceOut]", known["sources"]):
                often = f"var {each['every_minutes']}:e minut" if each["every_minutes"] else "på begäran"
                title = f"[bold]{escape(each['id'])}[/]  {escape(each['kind'])} {escape(each['location'])}"
                console.print(f"{title} → {escape(each['collection'])}, {often}")
                if each["last"]:
                    _print_run(each["last"])

        show(known, as_json, text)


@app.command("run")
def run(
    name: Annotated[str, typer.Argument(help="Källans namn.")],
    authority: AuthorityOption,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Vänta tills körningen är klar.")] = True,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Kör en källa nu. Slutkod 1 om den inte kunde köras helt eller något inte gick att hämta."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        before = _last(client, name)
        client.post(f"/v1/sources/{quote(name, safe='')}/run", {})
        if not wait:
            show({"started": True}, as_json, lambda: console.print("Källan körs så snart det finns plats."))
            return
        last = _ended(client, name, before["started_at"] if before else "")
        show(cast("dict[str, Json]", last), as_json, lambda: _print_run(last))
        if last["code"] or last["failed"]:
            raise typer.Exit(EXIT_NO)


@app.command("remove")
def remove(
    name: Annotated[str, typer.Argument(help="Källans namn.")],
    authority: AuthorityOption,
    retire: Annotated[bool, typer.Option("--retire", help="Ta också dess dokument ur bruk.")] = False,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Ta bort en källa. Dess dokument blir kvar, om inte --retire anges."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        done = client.delete(f"/v1/sources/{quote(name, safe='')}", {"retire_documents": str(retire).lower()})
        show(done, as_json, lambda: console.print(f"Källan är borttagen, och {done['retired']} dokument med den."))


def _pairs(option: str, written: Pairs) -> list[tuple[str, Json]]:
    """Raises `InvalidInput`: `source.option_invalid`."""
    pairs = [each.partition("=") for each in written]
    if wrong := [each[0] for each in pairs if not each[1] or not each[0]]:
        raise InvalidInput("source.option_invalid", f"Skriv {option} namn=värde, inte {wrong[0]}.")
    return [(name, value) for name, _, value in pairs]


def _name(kind: str, location: str) -> str:
    """A name for a source that was given none: the same for the same kind and place."""
    place = re.sub(r"^https?://(www\.)?", "", location.lower())
    plain = place.translate(str.maketrans("åäöé", "aaoe"))
    return re.sub(r"[^a-z0-9]+", "-", f"{kind}-{plain}".lower()).strip("-")[:63].rstrip("-")


def _last(client: Client, name: str) -> RunOut | None:
    """Raises `NotFound`: `source.not_found`."""
    known = cast("list[SourceOut]", client.get("/v1/sources")["sources"])
    found = [each for each in known if each["id"] == name]
    if not found:
        raise NotFound("source.not_found", f"Det finns ingen källa {name}.")
    return found[0]["last"]


def _ended(client: Client, name: str, after: str) -> RunOut:
    """The first run that began after `after`, when it has ended."""
    with notes.status("Hämtar …"):
        while True:
            last = _last(client, name)
            if last and last["started_at"] > after and not last["running"]:
                return last
            time.sleep(POLL_EVERY_S)


def _print_run(run: RunOut) -> None:
    counts = (
        f"{run['found']} funna: {run['added']} nya, {run['changed']} ändrade, {run['unchanged']} oförändrade, "
        f"{run['failed']} misslyckade; {run['removed']} borttagna"
    )
    console.print(f"{'Körs sedan' if run['running'] else 'Kördes'} {run['started_at']}. {counts}", markup=False)
    if run["reason"]:
        code = f" ({run['code']})" if run["code"] else ""
        console.print(f"{run['reason']}{code}", style="red", markup=False)
