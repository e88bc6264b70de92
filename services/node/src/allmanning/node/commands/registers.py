"""`allmanning registers`: what the authority tells of its assistant, and what leaves the log for other systems."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias, cast

import typer

from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from allmanning.gateway.api.config_changes import ChangesOut
    from allmanning.gateway.api.declared_use import AlarmsOut
    from allmanning.gateway.api.registers import RegistersOut
    from allmanning.gateway.api.security_events import SecurityEventsOut

app = typer.Typer(help="Register, systemkort och det som lämnas till andra system.", no_args_is_help=True)

Format: TypeAlias = Literal["html", "json", "csv"]
Out = Annotated[Path, typer.Option("--out", "-o", help="Fil att skriva.")]
Reason = Annotated[str, typer.Option("--reason", help="Varför; sparas i loggen.")]
_FOLLOW_S: Final = 2.0


@app.command("list")
def list_registers(
    authority: AuthorityOption, data: Data = DEFAULT, url: Url = "", key: KeyOption = "", as_json: AsJson = False
) -> None:
    """Visa registren, vad som saknas i dem och när de publicerades."""
    with errors(as_json):
        known = cast("RegistersOut", target(data, url, key).client(authority, "auditor").get("/v1/registers"))

        def text() -> None:
            for each in known["registers"]:
                state = f"publicerat {each['published_at'][:10]}" if each["published_at"] else "inte publicerat"
                console.print(f"{each['id']}: {each['title']} ({each['standard']}), {state}", markup=False)
                if each["unwritten"]:
                    console.print(f"  att skriva: {', '.join(each['unwritten'])}", markup=False)

        show(cast("Mapping[str, Json]", known), as_json, text)


@app.command("card")
def card(
    authority: AuthorityOption,
    out: Out,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Skriv systemkortet (system-card.json)."""
    with errors(as_json):
        size = target(data, url, key).client(authority, "auditor").fetch("/v1/registers/card", {}, out)
        show({"file": str(out), "size_bytes": size}, as_json, lambda: console.print(f"Skrev {out}.", markup=False))


@app.command("show")
def show_register(
    register: Annotated[str, typer.Argument(help="atrs, art30, osl42, annex8a, annex8c, nl, dpia eller fria.")],
    authority: AuthorityOption,
    out: Out,
    format: Annotated[Format, typer.Option("--format", help="Filens form.")] = "html",
    published: Annotated[bool, typer.Option("--published", help="Som det senast publicerades.")] = False,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Skriv ett register till en fil; där en människa måste skriva står [SKRIV HÄR: …]."""
    with errors(as_json):
        path = f"/v1/registers/{register}{'/published' if published else ''}"
        query = {"format": format, "authority": authority} if published else {"format": format}
        size = target(data, url, key).client(authority, "auditor").fetch(path, query, out)
        show({"file": str(out), "size_bytes": size}, as_json, lambda: console.print(f"Skrev {out}.", markup=False))


@app.command("write")
def write(
    file: Annotated[Path, typer.Argument(help="JSON-fil med texter efter nyckel; en tom text tas bort.")],
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Spara det som människor skriver i registren."""
    with errors(as_json):
        texts = _object(file)
        kept = target(data, url, key).client(authority, "admin").patch("/v1/registers/texts", {"texts": texts})
        show(kept, as_json, lambda: console.print(f"Sparade {len(texts)} texter."))


@app.command("publish")
def publish(
    register: Annotated[str, typer.Argument(help="Registrets namn.")],
    authority: AuthorityOption,
    reason: Reason,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Publicera ett register som det är nu. Kortets hash sparas i loggen."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        made = client.post(f"/v1/registers/{register}/publish", {"reason": reason})
        show(made, as_json, lambda: console.print(f"Publicerat. Systemkort {made['card']}", markup=False))


@app.command("declare")
def declare(
    file: Annotated[Path, typer.Argument(help="JSON-fil: least_a_month, most_a_month, groups, channels …")],
    authority: AuthorityOption,
    reason: Reason,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Ange den användning ni räknar med; när den uppmätta lämnar den blir det ett larm."""
    with errors(as_json):
        body = {**_object(file), "reason": reason}
        made = target(data, url, key).client(authority, "admin").put("/v1/registers/band", body)
        show(made, as_json, lambda: console.print("Sparat."))


@app.command("alarms")
def alarms(
    authority: AuthorityOption, data: Data = DEFAULT, url: Url = "", key: KeyOption = "", as_json: AsJson = False
) -> None:
    """Visa när den uppmätta användningen lämnat den angivna."""
    with errors(as_json):
        known = cast("AlarmsOut", target(data, url, key).client(authority, "auditor").get("/v1/registers/alarms"))

        def text() -> None:
            for each in known["alarms"]:
                line = f"{each['month']} {each['measure']}: {each['value']} (angivet {each['limit']})"
                console.print(line, markup=False)
            if not known["alarms"]:
                console.print("Inga larm." if known["band"] else "Ingen användning är angiven.")

        show(cast("Mapping[str, Json]", known), as_json, text)


@app.command("changes")
def changes(
    authority: AuthorityOption,
    first: Annotated[str, typer.Option("--from", help="Tid, till exempel 2026-11-01.")] = "",
    last: Annotated[str, typer.Option("--to", help="Tid, till exempel 2026-11-30.")] = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Visa vad som ändrats i modell, instruktion, regler, inställningar, kod och index, och skillnaden i text."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        known = cast("ChangesOut", client.get("/v1/registers/changes", {"first": first, "last": last}))

        def text() -> None:
            for change in known["changes"]:
                line = f"{change['at']} {change['kind']}: {change['before']} → {change['after']}"
                console.print(line, markup=False)
            for each in known["modifications"]:
                console.print(f"\n{each['kind']}", style="bold", markup=False)
                console.print(each["diff"] or f"{each['before']} → {each['after']}", markup=False)
            if not known["changes"]:
                console.print("Inga ändringar.")

        show(cast("Mapping[str, Json]", known), as_json, text)


@app.command("prov")
def prov(
    decision: Annotated[str, typer.Argument(help="Beslutets id.")],
    authority: AuthorityOption,
    out: Out,
    reason: Annotated[str, typer.Option("--reason", help="Varför du behöver innehållet; sparas i loggen.")] = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Skriv ett beslut som W3C PROV-JSON: vad svaret kom av. Utan --reason står inget innehåll i den."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        size = client.fetch(f"/v1/decisions/{decision}/prov", {"reason": reason}, out)
        show({"file": str(out), "size_bytes": size}, as_json, lambda: console.print(f"Skrev {out}.", markup=False))


@app.command("events")
def events(
    authority: AuthorityOption,
    format: Annotated[Literal["cef", "ocsf"], typer.Option("--format", help="Radernas form.")] = "cef",
    after: Annotated[int, typer.Option("--after", help="Gå vidare efter denna plats i loggen.")] = 0,
    since: Annotated[str, typer.Option("--since", help="Tid, till exempel 2026-11-01.")] = "",
    follow: Annotated[bool, typer.Option("--follow", help="Fortsätt med det som kommer.")] = False,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Skriv vad som läst, tagits ut, ändrats, granskats och raderats, en rad per händelse (till SIEM).

    Med --json en sida i taget, med platsen att gå vidare efter.
    """
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        told: set[str] = set()
        while True:
            query: dict[str, str | int] = {"format": format, "after": after, "since": since}
            page = cast("SecurityEventsOut", client.get("/v1/log/events", query))
            # A log that is not signed is told of on every page.
            fresh = [each for each in page["lines"] if each not in told]
            show(cast("Mapping[str, Json]", page), as_json, partial(_print, fresh))
            told, after = set(page["lines"]), page["next"]
            if as_json or not (page["more"] or follow):
                return
            if not page["more"]:
                time.sleep(_FOLLOW_S)


def _print(lines: list[str]) -> None:
    for each in lines:
        typer.echo(each)


def _object(file: Path) -> dict[str, Json]:
    try:
        value: Json = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput("file.unreadable", f"Det går inte att läsa {file} som JSON.") from error
    if not isinstance(value, dict):
        raise InvalidInput("file.unreadable", f"{file} ska innehålla ett JSON-objekt.")
    return value
