"""`allmanning forget`: what is kept and for how long, what is held, and what is erased. Deciding takes two keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from allmanning.node.client import Client
from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from allmanning.gateway.api.erasure_overview import DuesOut, ReportOut
    from allmanning.gateway.api.erasures import ErasureOut, ErasuresOut, FoundsOut
    from allmanning.gateway.api.retention import RetentionsOut

app = typer.Typer(help="Gallring, radering för en person, och hinder mot gallring.", no_args_is_help=True)

Reason = Annotated[str, typer.Option(help="Skälet; det förs till loggen.")]
Erasure = Annotated[str, typer.Argument(help="Gallringens id.")]


def _client(authority: str, data: Data, url: str, key: str) -> Client:
    return target(data, url, key).client(authority, "admin")


@app.command("classes")
def classes(
    authority: AuthorityOption, data: Data = DEFAULT, url: Url = "", key: KeyOption = "", as_json: AsJson = False
) -> None:
    """Visa gallringsklasserna och vad de bygger på."""
    with errors(as_json):
        found = _client(authority, data, url, key).get("/v1/retention")
        show(found, as_json, lambda: _print_classes(cast("RetentionsOut", found)))


@app.command("propose")
def propose(
    name: Annotated[str, typer.Argument(help="Klassen, till exempel G1.")],
    authority: AuthorityOption,
    meaning: Annotated[str, typer.Option(help="Vad klassen innehåller.")],
    plan_item: Annotated[str, typer.Option(help="Posten i informationshanteringsplanen.")],
    plan_version: Annotated[str, typer.Option(help="Planens version.")],
    dnr: Annotated[str, typer.Option(help="Gallringsbeslutets diarienummer.")],
    reason: Reason,
    days: Annotated[int, typer.Option(help="Dagar efter postens månad; 0: bevaras.")] = 0,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Föreslå hur länge en klass ska sparas. En annan person beslutar med decide."""
    body: dict[str, Json] = {
        "retention_class": name,
        "meaning": meaning,
        "keep_days": days or None,
        "plan_item": plan_item,
        "plan_version": plan_version,
        "decision_dnr": dnr,
        "reason": reason,
    }
    with errors(as_json):
        found = _client(authority, data, url, key).post("/v1/retention", body)
        show(found, as_json, lambda: console.print(str(found["id"])))


@app.command("decide")
def decide(
    proposal: Annotated[str, typer.Argument(help="Förslagets id.")],
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Besluta om en klass som någon annan har föreslagit."""
    with errors(as_json):
        found = _client(authority, data, url, key).post(f"/v1/retention/{proposal}/decide", {})
        show(found, as_json, lambda: console.print(str(found["state"])))


@app.command("due")
def due(
    authority: AuthorityOption, data: Data = DEFAULT, url: Url = "", key: KeyOption = "", as_json: AsJson = False
) -> None:
    """Visa vad som kan gallras nu."""
    with errors(as_json):
        found = _client(authority, data, url, key).get("/v1/erasures/due")
        show(found, as_json, lambda: _print_due(cast("DuesOut", found)))


@app.command("search")
def search(
    authority: AuthorityOption,
    reason: Reason,
    text: Annotated[str, typer.Option(help="Ord som de står i innehållet, till exempel ett namn.")] = "",
    decision: Annotated[list[str] | None, typer.Option(help="Beslut; upprepas.")] = None,
    key_id: Annotated[str, typer.Option(help="En nyckels id.")] = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Hitta poster om en person. Sökningen förs till loggen."""
    body: dict[str, Json] = {
        "text": text,
        "decision_ids": list[Json](decision or []),
        "key_id": key_id,
        "reason": reason,
    }
    with errors(as_json):
        found = _client(authority, data, url, key).post("/v1/erasures/search", body)
        show(found, as_json, lambda: _print_found(cast("FoundsOut", found)))


@app.command("request")
def request(
    authority: AuthorityOption,
    reason: Reason,
    retention_class: Annotated[str, typer.Option("--class", help="Gallringsklass.")] = "",
    until: Annotated[str, typer.Option(help="Till och med månaden, ÅÅÅÅ-MM.")] = "",
    record: Annotated[list[str] | None, typer.Option(help="Post om en person; upprepas.")] = None,
    ground: Annotated[str, typer.Option(help="GDPR 17.1.a till 17.1.f, eller gallringsbeslutet.")] = "",
    subject: Annotated[str, typer.Option(help="Vem det gäller; förseglas.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Räkna bara.")] = False,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Begär gallring av en klass, eller radering av poster om en person."""
    body: dict[str, Json] = {
        "retention_class": retention_class,
        "until_month": until,
        "record_ids": list[Json](record or []),
        "ground": ground,
        "subject": subject,
        "reason": reason,
        "dry_run": dry_run,
    }
    with errors(as_json):
        found = _client(authority, data, url, key).post("/v1/erasures", body)
        show(found, as_json, lambda: _print(cast("ErasureOut", found)))


@app.command("approve")
def approve(
    erasure: Erasure,
    authority: AuthorityOption,
    reason: Reason,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Godkänn det någon annan har begärt. Det går inte att ångra."""
    with errors(as_json):
        found = _client(authority, data, url, key).post(f"/v1/erasures/{erasure}/approve", {"reason": reason})
        show(found, as_json, lambda: _print(cast("ErasureOut", found)))


@app.command("refuse")
def refuse(
    erasure: Erasure,
    authority: AuthorityOption,
    reason: Reason,
    ground: Annotated[str, typer.Option(help="Till exempel GDPR 17.3.b.")],
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Avslå det någon annan har begärt."""
    body: dict[str, Json] = {"ground": ground, "reason": reason}
    with errors(as_json):
        found = _client(authority, data, url, key).post(f"/v1/erasures/{erasure}/refuse", body)
        show(found, as_json, lambda: _print(cast("ErasureOut", found)))


@app.command("list")
def list_erasures(
    authority: AuthorityOption, data: Data = DEFAULT, url: Url = "", key: KeyOption = "", as_json: AsJson = False
) -> None:
    """Visa det som har begärts och gallrats, med kvitton."""
    with errors(as_json):
        found = _client(authority, data, url, key).get("/v1/erasures")
        show(found, as_json, lambda: _print_all(cast("ErasuresOut", found)))


@app.command("report")
def report(
    month: Annotated[str, typer.Argument(help="Månaden, ÅÅÅÅ-MM.")],
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Visa månadens gallring, till arkivmyndigheten."""
    with errors(as_json):
        found = _client(authority, data, url, key).get("/v1/erasures/report", {"month": month})
        show(found, as_json, lambda: _print_report(cast("ReportOut", found)))


def _print_classes(found: RetentionsOut) -> None:
    states = {"default": "plattformens, inte beslutad", "proposed": "föreslagen", "decided": "beslutad"}
    for each in found["classes"]:
        kept = "bevaras" if each["keep_days"] is None else f"{each['keep_days']} dagar"
        ground = f", {each['plan_item']} i plan {each['plan_version']}, {each['decision_dnr']}" if each["id"] else ""
        line = f"{each['retention_class']}: {kept} ({states[each['state']]}{ground}). {each['meaning']} {each['id']}"
        console.print(line.rstrip(), markup=False)


def _print_due(found: DuesOut) -> None:
    for each in found["due"]:
        kept = each["held"] + each["floored"]
        note = f", varav {kept} hålls kvar" if kept else ""
        console.print(f"{each['retention_class']} {each['month']}: {each['records']} poster{note}", markup=False)
    if not found["due"]:
        console.print("Inget att gallra.")


def _print_found(found: FoundsOut) -> None:
    for each in found["found"]:
        held = "  (hindras)" if each["held"] else ""
        line = f"{each['record_id']}  {each['time'][:10]}  {each['type']}  {', '.join(each['parts'])}{held}"
        console.print(line, markup=False)
    console.print("Det finns fler." if found["more"] else f"{len(found['found'])} poster.")


def _print_all(found: ErasuresOut) -> None:
    for each in found["erasures"]:
        _print(each)


def _print(erasure: ErasureOut) -> None:
    what = erasure["retention_class"] or "för en person"
    line = f"{erasure['id']}  {erasure['state']}  {what}: {erasure['records']} poster, {erasure['ground']}"
    console.print(line.strip(), markup=False)
    if erasure["state"] == "done":
        console.print(
            f"  Nycklarna förstördes {erasure['keys_destroyed_at']}. Ingen säkerhetskopia har det kvar efter "
            f"{erasure['backup_horizon']}."
        )


def _print_report(found: ReportOut) -> None:
    for each in found["lines"]:
        what = each["retention_class"] or "för personer"
        console.print(f"{what}, {each['ground']}: {each['records']} poster, {each['parts']} delar", markup=False)
    console.print(
        f"{found['refused']} avslag. Just nu väntar {found['waiting']} på beslut, och {found['holds']} hinder gäller."
    )
