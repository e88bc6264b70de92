"""`allmanning authority`: the authority's name, and how people reach a person there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, cast

import typer

from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from allmanning.gateway.api.authority import AuthorityOut

app = typer.Typer(help="Myndighetens namn och kontaktvägar.", no_args_is_help=True)

Field = Annotated[str | None, typer.Option(help="Utelämna för att låta vara; tomt tar bort.")]


@app.command("show")
def show_authority(
    authority: AuthorityOption, data: Data = DEFAULT, url: Url = "", key: KeyOption = "", as_json: AsJson = False
) -> None:
    """Visa vad sidorna säger om hur man når en människa."""
    with errors(as_json):
        _show(cast("AuthorityOut", target(data, url, key).client(authority, "admin").get("/v1/authority")), as_json)


@app.command("set")
def set_authority(
    authority: AuthorityOption,
    name: Field = None,
    phone: Field = None,
    email: Field = None,
    hours: Field = None,
    address: Field = None,
    web: Field = None,
    data_protection: Field = None,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Ändra namn eller kontaktvägar. Sidorna visar det genast."""
    given = {"phone": phone, "email": email, "hours": hours, "address": address, "url": web}
    given["data_protection"] = data_protection
    body: dict[str, Json] = {"contact": {field: value for field, value in given.items() if value is not None}}
    if name is not None:
        body["name"] = name
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        _show(cast("AuthorityOut", client.patch("/v1/authority", body)), as_json)


def _show(known: AuthorityOut, as_json: bool) -> None:
    def told() -> None:
        console.print(known["name"], markup=False)
        for field, value in known["contact"].items():
            if value:
                console.print(f"  {field}: {value}", markup=False)

    show(cast("Mapping[str, Json]", known), as_json, told)
