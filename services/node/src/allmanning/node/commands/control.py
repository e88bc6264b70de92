"""`allmanning audit control`: loggkontroll."""

from __future__ import annotations

from typing import Annotated, cast

import typer
from rich.markup import escape

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
from allmanning.runtime.record import Json

app = typer.Typer(help="Loggkontroll: vem har läst, och var det motiverat?", no_args_is_help=True)

Control = Annotated[str, typer.Argument(help="Kontrollens nummer.")]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Varför; sparas i loggen.")]


@app.command("plan")
def plan(
    every_days: Annotated[int, typer.Argument(min=1, max=366, help="Hur många dagar mellan kontrollerna.")],
    authority: AuthorityOption,
    reason: Reason,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Bestäm hur ofta läsningar kontrolleras."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        kept = client.put("/v1/audit/controls/plan", {"every_days": every_days, "reason": reason})
        show(kept, as_json, lambda: console.print(f"Nästa kontroll senast {kept['due']}."))


@app.command("list")
def standing(
    authority: AuthorityOption, data: Data = DEFAULT, url: Url = "", key: KeyOption = "", as_json: AsJson = False
) -> None:
    """Visa gjorda kontroller och när nästa ska göras. Slutkod 1 om den är försenad."""
    with errors(as_json):
        found = target(data, url, key).client(authority, "auditor").get("/v1/audit/controls")

        def text() -> None:
            for each in cast("list[dict[str, Json]]", found["controls"]):
                done = "klar" if each["finished"] else f"{each['judged']} bedömda"
                console.print(f"{each['drawn_at']} {each['control']} {done}")
            late = " Den är försenad." if found["overdue"] else ""
            console.print(f"Nästa: {found['due'] or 'ingen plan'}.{late}")

        show(found, as_json, text)
        if found["overdue"]:
            raise typer.Exit(EXIT_NO)


@app.command("draw")
def draw(
    authority: AuthorityOption,
    reason: Reason,
    since: Annotated[str, typer.Option("--from", help="Läsningar från.")],
    until: Annotated[str, typer.Option("--to", help="Läsningar före.")],
    size: Annotated[int, typer.Option("--size", "-n", min=0, max=500, help="Hur många som dras slumpmässigt.")] = 25,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Dra läsningar: några på måfå, och de som visar ett mönster."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        body: dict[str, Json] = {"from": since, "to": until, "size": size, "reason": reason}
        drawn = client.post("/v1/audit/controls", body)
        items = cast("list[Json]", drawn["items"])
        show(drawn, as_json, lambda: console.print(f"Kontroll {drawn['control']}: {len(items)} läsningar att bedöma."))


@app.command("show")
def show_control(
    control: Control,
    authority: AuthorityOption,
    reason: Reason,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Visa en kontroll med vem som läst och varför; det antecknas i loggen."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        found = client.get(f"/v1/audit/controls/{control}", {"reason": reason})

        def text() -> None:
            for each in cast("list[dict[str, Json]]", found["items"]):
                reader = cast("dict[str, str]", each["reader"] or {})
                who = escape(f"{reader.get('key', '?')} {reader.get('unit', '')}: {reader.get('reason', '')}")
                console.print(f"{each['record']} {each['time']} {who} [bold]{each['verdict'] or 'att bedöma'}[/]")
                for words in cast("list[str]", each["words"]):
                    console.print(f"  [yellow]![/] {words}")

        show(found, as_json, text)


@app.command("judge")
def judge(
    control: Control,
    record: Annotated[str, typer.Argument(help="Läsningens post.")],
    verdict: Annotated[str, typer.Argument(help="justified, unjustified eller unclear.")],
    authority: AuthorityOption,
    note: Annotated[str, typer.Option("--note", help="Skälen för bedömningen.")],
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Bedöm en läsning; ingen bedömer sin egen."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        body: dict[str, Json] = {"record_id": record, "verdict": verdict, "reason": note}
        done = client.post(f"/v1/audit/controls/{control}/verdicts", body)
        show(done, as_json, lambda: console.print(f"{done['judged']} bedömda. Klar: {done['finished']}."))
