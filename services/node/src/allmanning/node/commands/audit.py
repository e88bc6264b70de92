"""`allmanning audit`: what auditors ask of the decision log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, cast

import typer
from rich.markup import escape
from rich.table import Table

from allmanning.node.commands import control, disclosure, recall, sample
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
    show,
    target,
)
from allmanning.node.selection import Before, Limit, Since, Until, Where, selected
from allmanning.runtime.errors import NotFound
from allmanning.runtime.record import Json

app = typer.Typer(help="Granska beslutsloggen.", no_args_is_help=True)
app.add_typer(recall.app, name="recall")
app.add_typer(sample.app, name="sample")
app.add_typer(control.app, name="control")
app.add_typer(disclosure.app, name="disclosure")

Decision = Annotated[str, typer.Argument(help="Beslutets nummer.")]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Varför; sparas i loggen.")]
_COLOURS: Final = {"red": "red", "amber": "yellow"}


@app.command("find")
def find(
    authority: AuthorityOption,
    where: Where = [],  # noqa: B006
    since: Since = "",
    until: Until = "",
    text: Annotated[str, typer.Option("--text", help="Ord i innehållet; kräver --reason.")] = "",
    reviewer: Annotated[str, typer.Option("--reviewer", help="En granskares nyckel-id; kräver --reason.")] = "",
    reason: Reason = "",
    limit: Limit = 50,
    before: Before = 0,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Sök beslut, nyast först. Slutkod 1 om inget hittas."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        body = {**selected(where, since, until), "text": text, "reviewer": reviewer, "reason": reason}
        found = client.post("/v1/audit/decisions", {**body, "limit": limit, "before": before})
        rows = cast("list[dict[str, Json]]", found["decisions"])

        def table() -> None:
            shown = Table("Tid", "Beslut", "Utfall", "Regel", "Enhet", "Kanal")
            for each in rows:
                names = ("opened_at", "decision", "outcome", "rule_id", "unit", "channel")
                shown.add_row(*(escape(str(each[name])) for name in names))
            console.print(shown)
            if "looked_at" in found:
                console.print(f"Innehållet i {found['looked_at']} beslut lästes.")
            if found["next"]:
                console.print(f"Fler: --before {found['next']}")

        show(found, as_json, table)
        if not rows:
            raise typer.Exit(EXIT_NO)


@app.command("see")
def see(
    decision: Decision,
    authority: AuthorityOption,
    reason: Reason,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Visa beslutet som det sågs då: källornas lydelse, reglerna, och vad som ändrats sedan dess."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        seen = client.get(f"/v1/audit/decisions/{decision}", {"reason": reason})

        def text() -> None:
            for name, value in (("Fråga", seen["asked"]), ("Svar", seen["told"]), ("Modell", seen["model"])):
                console.print(f"[bold]{name}[/] {escape(str(value or 'finns inte kvar'))}")
            for each in cast("list[dict[str, Json]]", seen["passages"]):
                used = "citerat" if each["cited"] else "hittat"
                console.print(f"[bold]{escape(str(each['title'] or each['document']))}[/] ({used})")
                console.print(str(each["text"] or "finns inte kvar"), markup=False)
            console.print(f"{seen['held_back']} stycken hölls undan av åtkomstkontrollen.")
            for each in cast("list[dict[str, Json]]", seen["since"]):
                console.print(f"[yellow]![/] {escape(str(each['words']))}")

        show(seen, as_json, text)


@app.command("explain")
def explain(
    decision: Decision,
    authority: AuthorityOption,
    language: Annotated[str, typer.Option("--language", help="sv eller en.")] = "sv",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Förklaringen till den som beslutet gäller, byggd bara på loggen."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        told = client.post(f"/v1/decisions/{decision}/explanation", {})
        words = cast("list[str]", told["en" if language == "en" else "sv"])
        show(told, as_json, lambda: console.print("\n\n".join(words), markup=False))


@app.command("readers")
def readers(
    authority: AuthorityOption,
    decision: Annotated[str, typer.Argument(help="Beslutets id; utan det söks personen.")] = "",
    text_: Annotated[str, typer.Option("--text", help="Namn eller andra ord om personen; kräver --reason.")] = "",
    person_key: Annotated[str, typer.Option("--key-id", help="Personens nyckel-id; kräver --reason.")] = "",
    reason: Reason = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Vem har läst om mig? Varje läsning av ett beslut, eller av allt som rör en person, nyast först."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        person: dict[str, Json] = {"text": text_, "key_id": person_key, "reason": reason}
        read = client.get(f"/v1/decisions/{decision}/readers") if decision else client.post("/v1/audit/readers", person)

        def text() -> None:
            for each in cast("list[dict[str, str]]", read["usages"]):
                console.print(f"{each['logtime']} {each['action']}: {each['receiverRole']} {each['receiverUnit']}")
            if not read["usages"]:
                console.print("Ingen har läst innehållet.")

        show(read, as_json, text)


@app.command("file")
def file(
    decision: Decision,
    authority: AuthorityOption,
    reason: Reason,
    out: Annotated[Path, typer.Option("--out", "-o", help="HTML-fil att skriva.")],
    case_number: Annotated[str, typer.Option("--case-number", help="Diarienummer.")] = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Tillför akten: en sida med exakt det som användes (OSL 4 kap. 3 §)."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "caseworker")
        body: dict[str, Json] = {"reason": reason, "case_number": case_number}
        size = client.download(f"/v1/audit/decisions/{decision}/case-file", body, out)
        written: dict[str, Json] = {"file": str(out), "size_bytes": size}
        show(written, as_json, lambda: console.print(f"Skrev {out} ({size} byte).", markup=False))


@app.command("lint")
def lint(
    authority: AuthorityOption,
    where: Where = [],  # noqa: B006
    since: Since = "",
    until: Until = "",
    limit: Limit = 500,
    before: Before = 0,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Vad som saknas enligt FL 25, 31, 32 och 33 §§ och KL 6:37-38. Slutkod 1 om något är rött."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        found = client.post("/v1/audit/lint", {**selected(where, since, until), "limit": limit, "before": before})
        counts = cast("list[dict[str, Json]]", found["counts"])

        def text() -> None:
            console.print(f"{found['whole']} av {found['looked_at']} beslut är fullständiga.")
            for each in counts:
                colour = _COLOURS[str(each["severity"])]
                unit = escape(str(each["unit"] or "utan enhet"))
                words = escape(f"{each['words']} ({each['provision']})")
                console.print(f"[{colour}]{each['count']}[/] {unit}: {words}")

        show(found, as_json, text)
        if any(each["severity"] == "red" for each in counts):
            raise typer.Exit(EXIT_NO)


@app.command("replay")
def replay(
    table: Annotated[Path, typer.Argument(help="Regeltabell att pröva (YAML).")],
    authority: AuthorityOption,
    where: Where = [],  # noqa: B006
    since: Since = "",
    until: Until = "",
    limit: Limit = 500,
    before: Before = 0,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Vilka beslut en annan tabell hade behandlat annorlunda. Slutkod 1 om något beslut ändras."""
    with errors(as_json):
        if not table.is_file():
            raise NotFound("file.not_found", f"Det finns ingen fil {table}.")
        client = target(data, url, key).client(authority, "auditor")
        body: dict[str, Json] = {**selected(where, since, until), "limit": limit, "before": before}
        found = client.post("/v1/audit/replay", {**body, "table": table.read_text(encoding="utf-8")})

        def text() -> None:
            console.print(f"{found['changed']} av {found['looked_at']} beslut hade behandlats annorlunda.")
            for move, count in cast("dict[str, int]", found["moves"]).items():
                console.print(f"{count} {move}", markup=False)

        show(found, as_json, text)
        if found["changed"]:
            raise typer.Exit(EXIT_NO)


@app.command("like-cases")
def like_cases(
    authority: AuthorityOption,
    reason: Reason,
    where: Where = [],  # noqa: B006
    since: Since = "",
    until: Until = "",
    least: Annotated[float, typer.Option("--least", help="Hur lika frågorna ska vara, 0 till 1; 0: det vanliga.")] = 0,
    limit: Annotated[int, typer.Option("--limit", help="Högst så många beslut.")] = 10_000,
    before: Before = 0,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Nästan likadana frågor med olika utfall, sida vid sida. Slutkod 1 om det finns några."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        body: dict[str, Json] = {**selected(where, since, until), "reason": reason, "least_likeness": least}
        found = client.post("/v1/audit/like-cases", {**body, "limit": limit, "before": before})

        def text() -> None:
            for each in cast("list[dict[str, Json]]", found["pairs"]):
                console.print(f"[bold]{each['likeness']}[/] skiljer: {', '.join(cast('list[str]', each['differs']))}")
                for side in (cast("dict[str, str]", each["first"]), cast("dict[str, str]", each["second"])):
                    console.print(f"  {side['outcome']} {side['unit']} {side['question']}", markup=False)
            how = "ordens bokstäver, för sökmotorn svarade inte" if found["by"] == "trigrams" else "frågornas mening"
            console.print(f"{found['looked_at']} beslut jämförda efter {how}.")
            if found["next"]:
                console.print(f"Fler: --before {found['next']}")

        show(found, as_json, text)
        if found["pairs"]:
            raise typer.Exit(EXIT_NO)


@app.command("tasks")
def tasks(
    authority: AuthorityOption,
    kind: Annotated[str, typer.Option("--kind", help="recall, sample, control eller disclosure.")] = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Visa påbörjade återkallelser, stickprov, kontroller och utlämnanden."""
    with errors(as_json):
        listed = target(data, url, key).client(authority, "auditor").get("/v1/audit/tasks", {"kind": kind})

        def text() -> None:
            for each in cast("list[dict[str, str]]", listed["tasks"]):
                console.print(f"{each['opened_at']} {each['kind']} {each['task']}")

        show(listed, as_json, text)
