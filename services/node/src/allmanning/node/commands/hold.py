"""`allmanning hold`: what may not be erased while it is appealed, or asked for by JO or a court."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from allmanning.gateway.api.retention import HoldsOut

app = typer.Typer(help="Hinder mot gallring: överklagande, JO, domstol.", no_args_is_help=True)

Reason = Annotated[str, typer.Option(help="Skälet; det förs till loggen.")]


@app.command("list")
def list_holds(
    authority: AuthorityOption, data: Data = DEFAULT, url: Url = "", key: KeyOption = "", as_json: AsJson = False
) -> None:
    """Visa de hinder som gäller."""
    with errors(as_json):
        found = target(data, url, key).client(authority, "admin").get("/v1/holds")
        show(found, as_json, lambda: _print(cast("HoldsOut", found)))


@app.command("place")
def place(
    kind: Annotated[str, typer.Argument(help="appeal, jo eller court.")],
    decision: Annotated[list[str], typer.Argument(help="Beslutens id.")],
    authority: AuthorityOption,
    reason: Reason,
    reference: Annotated[str, typer.Option(help="Målnummer; förseglas.")] = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Hindra att beslut gallras."""
    body: dict[str, Json] = {"kind": kind, "decision_ids": list[Json](decision), "reason": reason}
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        found = client.post("/v1/holds", body | {"reference": reference})
        show(found, as_json, lambda: console.print(str(found["id"])))


@app.command("lift")
def lift(
    hold: Annotated[str, typer.Argument(help="Hindrets id.")],
    authority: AuthorityOption,
    reason: Reason,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Låt det som hindrades gallras igen."""
    with errors(as_json):
        found = target(data, url, key).client(authority, "admin").post(f"/v1/holds/{hold}/lift", {"reason": reason})
        show(found, as_json, lambda: console.print(str(found["lifted_at"])))


def _print(found: HoldsOut) -> None:
    for each in found["holds"]:
        console.print(f"{each['id']}  {each['kind']}  {each['placed_at'][:10]}  {len(each['decision_ids'])} beslut")
    if not found["holds"]:
        console.print("Inga hinder.")
