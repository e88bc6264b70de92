"""`allmanning audit sample`: samples that anybody can draw again."""

from __future__ import annotations

from typing import Annotated, cast

import typer

from allmanning.node.client import Answer
from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.node.selection import Since, Until, Where, selected
from allmanning.runtime.record import Json

app = typer.Typer(help="Stickprov: ram, dragning, bedömning.", no_args_is_help=True)

Sample = Annotated[str, typer.Argument(help="Stickprovets nummer.")]


@app.command("frame")
def frame(
    authority: AuthorityOption,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Varför; sparas i loggen.")],
    where: Where = [],  # noqa: B006
    since: Since = "",
    until: Until = "",
    stratify: Annotated[str, typer.Option("--by", help="Dela upp efter unit, outcome, language …")] = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Fastställ vad som kan dras. Dra sedan, när loggen har fått en ny kontrollpunkt."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        body: dict[str, Json] = {**selected(where, since, until), "reason": reason, "stratify_by": stratify}
        framed = client.post("/v1/audit/samples", body)
        show(framed, as_json, lambda: _print(framed))


@app.command("draw")
def draw(
    sample: Sample,
    authority: AuthorityOption,
    size: Annotated[int, typer.Option("--size", "-n", min=1, max=5_000, help="Hur många som dras.")],
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Dra stickprovet, en gång; fröet är en kontrollpunkt som är nyare än ramen."""
    with errors(as_json):
        drawn = (
            target(data, url, key).client(authority, "auditor").post(f"/v1/audit/samples/{sample}/draw", {"size": size})
        )
        show(drawn, as_json, lambda: _print(drawn))


@app.command("judge")
def judge(
    sample: Sample,
    decision: Annotated[str, typer.Argument(help="Beslutets nummer.")],
    verdict: Annotated[str, typer.Argument(help="right, wrong eller unclear.")],
    authority: AuthorityOption,
    note: Annotated[str, typer.Option("--note", help="Arbetspapper: vad du såg.")],
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Bedöm ett draget beslut; två personer bedömer varje."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        body: dict[str, Json] = {"decision_id": decision, "verdict": verdict, "reason": note}
        judged = client.post(f"/v1/audit/samples/{sample}/verdicts", body)
        show(judged, as_json, lambda: _print(judged))


@app.command("show")
def show_sample(
    sample: Sample,
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Ram, frö, bedömningar, och felandelen med exakt intervall."""
    with errors(as_json):
        found = target(data, url, key).client(authority, "auditor").get(f"/v1/audit/samples/{sample}")
        show(found, as_json, lambda: _print(found))


def _print(found: Answer) -> None:
    framed = cast("dict[str, Json]", found["framed"])
    console.print(f"[bold]{found['sample']}[/] ram {framed['members']} beslut, {framed['frame']}")
    drawn = cast("dict[str, Json] | None", found["drawn"])
    if drawn is None:
        return
    console.print(f"Frö {drawn['seed']}, {drawn['cosignatures']} vittnen; går att upprepa: {found['repeats']}")
    for each in cast("list[dict[str, Json]]", found["decisions"]):
        said = [one["verdict"] for one in cast("list[dict[str, str]]", each["verdicts"])]
        console.print(f"{each['decision']} {' / '.join(said) or 'inte bedömt'}")
    result = cast("dict[str, Json]", found["result"])
    console.print(
        f"{result['errors']} fel av {result['settled']} avgjorda; felandel mellan {result['low']} och {result['high']} "
        f"(95 %). Oense: {result['disagreed']}."
    )
