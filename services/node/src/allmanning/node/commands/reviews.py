"""`allmanning reviews`: the review queue, known-wrong drafts, and how people review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, cast

import typer

from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from allmanning.gateway.api.oversight import OversightGroup, OversightOut
    from allmanning.gateway.api.reviews import ReviewOut, ReviewsOut

app = typer.Typer(help="Svar som väntar på granskning, och hur det granskas.", no_args_is_help=True)

Decision = Annotated[str, typer.Argument(help="Beslutets id.")]


@app.command("list")
def list_reviews(
    authority: AuthorityOption,
    state: Annotated[str, typer.Option(help="open, approved, edited, rejected eller all.")] = "open",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Visa kön: de försenade först."""
    with errors(as_json):
        found = target(data, url, key).client(authority, "caseworker").get("/v1/reviews", {"state": state})
        show(found, as_json, lambda: _print_queue(cast("ReviewsOut", found)))


@app.command("claim")
def claim(
    decision: Decision,
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Ta ett ärende en stund."""
    _act(f"/v1/reviews/{decision}/claim", {}, authority, data, url, key, as_json)


@app.command("return")
def give_back(
    decision: Decision,
    note: Annotated[str, typer.Option(help="Till nästa person.")],
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Lägg tillbaka ett ärende i kön, med en rad till nästa person."""
    _act(f"/v1/reviews/{decision}/return", {"note": note}, authority, data, url, key, as_json)


@app.command("close")
def close(
    decision: Decision,
    action: Annotated[str, typer.Argument(help="approve, edit eller reject.")],
    authority: AuthorityOption,
    text: Annotated[str, typer.Option(help="Den nya texten, för edit.")] = "",
    reason: Annotated[str, typer.Option(help="Skälet, för reject.")] = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Godkänn, ändra eller avvisa ett svar."""
    body: dict[str, Json] = {"action": action, "text": text, "reason": reason}
    _act(f"/v1/reviews/{decision}", body, authority, data, url, key, as_json)


@app.command("control")
def control(
    question: Annotated[str, typer.Option(help="Frågan.")],
    draft: Annotated[str, typer.Option(help="Utkastet, som är fel.")],
    fault: Annotated[str, typer.Option(help="Vad som är fel i det.")],
    authority: AuthorityOption,
    unit: Annotated[str, typer.Option(help="Enheten vars kö det ligger i.")] = "",
    rule: Annotated[str, typer.Option(help="Regeln som det ser ut att ha fastnat i.")] = "",
    document: Annotated[list[str] | None, typer.Option(help="Dokument som visar felet; upprepas.")] = None,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Lägg in ett utkast som är fel, för att se om det upptäcks. Det når aldrig någon som frågar."""
    body: dict[str, Json] = {"question": question, "draft": draft, "fault": fault, "unit": unit, "rule": rule}
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        added = client.post("/v1/reviews/controls", body | {"documents": list[Json](document or [])})
        show(added, as_json, lambda: console.print(str(added["decision_id"])))


@app.command("oversight")
def oversight(
    authority: AuthorityOption,
    by: Annotated[str, typer.Option(help="unit, hour eller unit_hour.")] = "unit",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Visa hur det granskas, per enhet eller timme de senaste 30 dagarna."""
    with errors(as_json):
        found = target(data, url, key).client(authority, "admin").get("/v1/oversight", {"by": by})
        show(found, as_json, lambda: _print_oversight(cast("OversightOut", found)))


def _act(path: str, body: Mapping[str, Json], authority: str, data: Data, url: str, key: str, as_json: bool) -> None:
    with errors(as_json):
        found = target(data, url, key).client(authority, "caseworker").post(path, body)
        show(found, as_json, lambda: _print(cast("ReviewOut", found)))


def _print_queue(found: ReviewsOut) -> None:
    for each in found["reviews"]:
        _print(each)
    console.print(f"{found['waiting']} väntar, {found['overdue']} försenade, {found['claimed']} hos någon.")


def _print(review: ReviewOut) -> None:
    marks = [review["state"], f"senast {review['due_at'][:16]}"]
    marks += ["FÖRSENAT"] if review["overdue"] else []
    marks += [f"taget till {review['claimed_until'][:16]}"] if review["claimed_until"] else []
    marks += ["väntar på en andra person"] if review["awaits_second"] else []
    console.print(f"{review['decision_id']}  {', '.join(marks)}", markup=False)
    console.print(f"  {review['question']}\n  {review['text'] or review['draft']}", markup=False)
    if review["note"]:
        console.print(f"  Not: {review['note']}", markup=False)


def _print_oversight(found: OversightOut) -> None:
    for each in found["groups"]:
        console.print(_line(each), markup=False)
    console.print(
        f"{found['withheld']} granskningar visas inte: grupper under {found['least_group']} personer. "
        f"{found['erased']} är gallrade."
    )


def _line(group: OversightGroup) -> str:
    name = group["unit"] or "utan enhet"
    hour = "" if group["hour"] is None else f" kl {group['hour']:02d}"
    return (
        f"{name}{hour}: {group['reviews']} granskade av {group['reviewers']}; {group['approved']} godkända, varav "
        f"{group['approved_unopened']} utan öppnad källa och {group['faster_than_reading']} snabbare än någon läser; "
        f"{group['edited']} ändrade, {group['rejected']} avvisade, {group['reversed']} ändrade i efterhand; "
        f"kontrollfall {group['controls_caught']} av {group['controls']} upptäckta"
    )
