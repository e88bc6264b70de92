"""`allmanning key`: API keys."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from allmanning.gateway.channels import PER_DAY, create_channel
from allmanning.gateway.keys import create_key
from allmanning.node.folder import DEFAULT, DataFolder
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

app = typer.Typer(help="API-nycklar.", no_args_is_help=True)


class RoleName(StrEnum):
    CITIZEN = "citizen"
    CASEWORKER = "caseworker"
    AUDITOR = "auditor"
    ADMIN = "admin"


@app.callback()
def keys() -> None:
    """API-nycklar."""


@app.command("create")
def create(
    authority: AuthorityOption,
    role: Annotated[RoleName | None, typer.Option("--role", "-r", help="Vad nyckeln får göra.")] = None,
    unit: Annotated[str, typer.Option("--unit", help="Enhet inom myndigheten, för handläggare.")] = "",
    secret: Annotated[bool, typer.Option("--secret", help="Får läsa enhetens sekretessmarkerade dokument.")] = False,
    competence: Annotated[
        list[str] | None, typer.Option("--competence", help="Får granska det som kräver den; upprepas.")
    ] = None,
    operator: Annotated[
        bool,
        typer.Option("--operator", help="För den som driver plattformen: nycklar och kvoter för alla myndigheter."),
    ] = False,
    public: Annotated[bool, typer.Option("--public", help="Nyckel att visa på en webbplats, för chatten där.")] = False,
    origin: Annotated[
        list[str] | None, typer.Option("--origin", help="Webbplatsen, https://www.exempelby.se; upprepas.")
    ] = None,
    per_day: Annotated[int, typer.Option("--per-day", help="Högst så många frågor om dagen, för --public.")] = PER_DAY,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Skapa en nyckel. Myndigheten skapas om den är ny. Nyckeln visas bara nu, utom en för en webbplats."""
    with errors(as_json):
        if role is None and not public:
            raise InvalidInput("field.invalid", "Ange vad nyckeln får göra med --role. (Say which --role.)")
        wanted = role.value if role else RoleName.CITIZEN.value
        if operator and (url or public):
            raise InvalidInput("field.invalid", "En driftsnyckel skapas på den dator där plattformen körs, utan --url.")
        if public and url:
            asked: dict[str, Json] = {"origins": list[Json](origin or []), "per_day": per_day}
            created = str(target(data, url, key).client(authority, "admin").post("/v1/channels", asked)["key"])
        elif public:
            created = create_channel(DataFolder(Path(data)).create().path, authority, origin or [], per_day).key
        elif url:
            body: dict[str, Json] = {"authority": authority, "role": wanted, "unit": unit, "secret": secret}
            body["competences"] = list[Json](competence or [])
            created = str(target(data, url, key).client(authority, "admin").post("/v1/keys", body)["key"])
        else:
            folder = DataFolder(Path(data)).create()
            created = create_key(
                folder.path,
                authority,
                wanted,
                unit=unit,
                secret=secret,
                operator=operator,
                competences=competence or [],
            )
        show({"key": created}, as_json, lambda: console.print(created))
