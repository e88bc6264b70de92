"""`allmanning quota`: what an authority may use of the common resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, cast

import typer

from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from allmanning.gateway.api.quota import QuotaOut

app = typer.Typer(help="Myndighetens andel och gränser.", no_args_is_help=True)

_PATH = "/v1/quota"


@app.command("show")
def show_quota(
    authority: AuthorityOption, data: Data = DEFAULT, url: Url = "", key: KeyOption = "", as_json: AsJson = False
) -> None:
    """Visa gränserna och hur mycket som är använt i dag."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin", operator=True)
        _show(cast("QuotaOut", client.get(_PATH, {"authority": authority})), as_json)


@app.command("set")
def set_quota(
    authority: AuthorityOption,
    weight: Annotated[
        float | None, typer.Option(help="Andel när flera myndigheter väntar. Kräver en driftsnyckel.")
    ] = None,
    tokens_per_day: Annotated[
        int | None, typer.Option(help="Gräns om dagen, 0 för ingen. Kräver en driftsnyckel.")
    ] = None,
    own_tokens_per_day: Annotated[int | None, typer.Option(help="Myndighetens egen, lägre gräns; 0 för ingen.")] = None,
    channel: Annotated[list[str], typer.Option(help="Kanalens vikt, som citizen=16. Får anges flera gånger.")] = [],  # noqa: B006
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Ändra det som anges. Gäller från nästa fråga och skrivs i loggen."""
    given: dict[str, Json] = {
        "weight": weight,
        "tokens_per_day": tokens_per_day,
        "own_tokens_per_day": own_tokens_per_day,
    }
    with errors(as_json):
        body: dict[str, Json] = {name: value for name, value in given.items() if value is not None}
        body["channel_weights"] = dict(map(_weight, channel))
        client = target(data, url, key).client(authority, "admin", operator=True)
        _show(cast("QuotaOut", client.patch(f"{_PATH}?authority={authority}", body)), as_json)


def _weight(written: str) -> tuple[str, Json]:
    name, _, value = written.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError as error:
        raise InvalidInput("quota.invalid", f"Skriv kanalens vikt som citizen=16, inte {written}.") from error


def _show(known: QuotaOut, as_json: bool) -> None:
    def told() -> None:
        limits = [each for each in (known["tokens_per_day"], known["own_tokens_per_day"]) if each is not None]
        console.print(f"{known['authority']}: vikt {known['weight']:g}", markup=False)
        console.print(
            f"  använt i dag: {known['tokens_used']} av {min(limits) if limits else 'obegränsat'}", markup=False
        )
        for name, value in known["channel_weights"].items():
            console.print(f"  {name}: {value:g}", markup=False)

    show(cast("Mapping[str, Json]", known), as_json, told)
