"""`allmanning audit recall`: what decisions rested on was wrong."""

from __future__ import annotations

from typing import Annotated, cast

import typer
from rich.markup import escape

from allmanning.node.client import Answer
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

app = typer.Typer(help="Återkalla ett underlag och gå igenom besluten.", no_args_is_help=True)

Recall = Annotated[str, typer.Argument(help="Återkallelsens nummer.")]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Varför; sparas i loggen.")]
_EFFECTS = ("citerat i svar", "citerat", "hittat inför svar", "hittat")


@app.command("open")
def begin(
    kind: Annotated[str, typer.Argument(help="document, version, passage, model, prompt, rule, rules eller index.")],
    value: Annotated[str, typer.Argument(help="Vilken; en version skrivs dokument@version.")],
    authority: AuthorityOption,
    reason: Reason,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Öppna en återkallelse; visar besluten, de med störst verkan först."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        opened = client.post("/v1/audit/recalls", {"kind": kind, "value": value, "reason": reason})
        show(opened, as_json, lambda: _print(opened))


@app.command("show")
def show_recall(
    recall: Recall,
    authority: AuthorityOption,
    state: Annotated[list[str], typer.Option("--state", help="open, looked_at, corrected, no_effect.")] = [],  # noqa: B006
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Hur långt återkallelsen har kommit. Slutkod 1 tills den är avslutad."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        found = client.get(f"/v1/audit/recalls/{recall}", {"state": state})
        show(found, as_json, lambda: _print(found))
        if not found["closed"]:
            raise typer.Exit(EXIT_NO)


@app.command("settle")
def settle(
    recall: Recall,
    decision: Annotated[str, typer.Argument(help="Beslutets nummer.")],
    state: Annotated[str, typer.Argument(help="looked_at, corrected eller no_effect.")],
    authority: AuthorityOption,
    reason: Reason,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Anteckna vad genomgången av ett beslut gav."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "caseworker")
        body: dict[str, Json] = {"decision_id": decision, "state": state, "reason": reason}
        found = client.post(f"/v1/audit/recalls/{recall}/decisions", body)
        show(found, as_json, lambda: _print(found))


def _print(found: Answer) -> None:
    counts = ", ".join(f"{name} {count}" for name, count in cast("dict[str, int]", found["counts"]).items())
    console.print(f"[bold]{found['recall']}[/] {escape(str(found['kind']))} {escape(str(found['value']))}: {counts}")
    for each in cast("list[dict[str, Json]]", found["decisions"]):
        effect = _EFFECTS[cast("int", each["effect"])]
        console.print(f"{each['decision']} {each['opened_at']} {effect}, {each['state']}", markup=False)
