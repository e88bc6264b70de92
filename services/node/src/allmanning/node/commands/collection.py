"""`allmanning collection`: collections, their rules on personal data, and the names an authority protects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias, cast

import typer

from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from allmanning.gateway.api.collections import CollectionOut, CollectionsOut

app = typer.Typer(help="Samlingar och deras regler om personuppgifter.", no_args_is_help=True)

Handled: TypeAlias = Literal["", "block", "mask", "allow"]
_HANDLED: Final[Mapping[str, str]] = {"block": "hålls", "mask": "täcks över", "allow": "släpps igenom"}


@app.command("list")
def list_collections(
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Visa samlingarna, hur många dokument de har och vilka egna regler."""
    with errors(as_json):
        known = cast("CollectionsOut", target(data, url, key).client(authority, "admin").get("/v1/collections"))
        show(cast("Mapping[str, Json]", known), as_json, lambda: _print(known))


@app.command("set")
def set_collection(
    name: Annotated[str, typer.Argument(help="Samlingens namn.")],
    authority: AuthorityOption,
    personnummer: Annotated[Handled, typer.Option(help="Person- och samordningsnummer.")] = "",
    protected_name: Annotated[Handled, typer.Option(help="Myndighetens skyddade namn: block eller mask.")] = "",
    phone: Annotated[Handled, typer.Option(help="Telefonnummer.")] = "",
    email: Annotated[Handled, typer.Option(help="E-postadresser.")] = "",
    address: Annotated[Handled, typer.Option(help="Gatu- och postadresser.")] = "",
    account: Annotated[Handled, typer.Option(help="Bankkonton.")] = "",
    card: Annotated[Handled, typer.Option(help="Kortnummer.")] = "",
    person_name: Annotated[Handled, typer.Option("--name", help="Namn, så långt de känns igen.")] = "",
    other: Annotated[Handled, typer.Option(help="Allt som inte nämns.")] = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Byt ut samlingens regler. Det som hålls läses om; det som inte nämns följer plattformens regel.

    block: dokumentet hålls tills någon avgör. mask: täcks över i sökning och svar. allow: släpps igenom.
    """
    given = {
        "personnummer": personnummer,
        "protected_name": protected_name,
        "phone": phone,
        "email": email,
        "address": address,
        "account": account,
        "card": card,
        "name": person_name,
        "other": other,
    }
    rules: dict[str, Json] = {kind: handled for kind, handled in given.items() if handled}
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        kept = cast("CollectionOut", client.put(f"/v1/collections/{name}", {"personal_data": rules}))
        show(cast("Mapping[str, Json]", kept), as_json, lambda: console.print(_line(kept), markup=False))


@app.command("protect")
def protect(
    file: Annotated[Path, typer.Argument(help="Textfil med ett för- och efternamn per rad.")],
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Byt ut listan över skyddade namn mot filens. Namnen visas aldrig igen."""
    with errors(as_json):
        names = _names(file)
        client = target(data, url, key).client(authority, "admin")
        known = cast("CollectionsOut", client.put("/v1/protected-names", {"names": names}))
        text = f"Listan har nu {known['protected_names']} namn."
        show({"protected_names": known["protected_names"]}, as_json, lambda: console.print(text))


def _names(file: Path) -> list[Json]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("file.unreadable", f"Det går inte att läsa {file} som text.") from error
    return [line.strip() for line in lines if line.strip()]


def _print(known: CollectionsOut) -> None:
    for each in known["collections"]:
        console.print(_line(each), markup=False)
    console.print(f"Skyddade namn: {known['protected_names']}")


def _line(collection: CollectionOut) -> str:
    rules = ", ".join(f"{kind} {_HANDLED[handled]}" for kind, handled in sorted(collection["personal_data"].items()))
    return f"{collection['name']}: {collection['documents']} dokument; {rules or 'plattformens regel'}"
