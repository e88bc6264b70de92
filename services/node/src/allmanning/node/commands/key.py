"""`allmanning key`: API keys."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from allmanning.gateway.keys import create_key
from allmanning.node.folder import DEFAULT, DataFolder
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
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
    role: Annotated[RoleName, typer.Option("--role", "-r", help="Vad nyckeln får göra.")],
    unit: Annotated[str, typer.Option("--unit", help="Enhet inom myndigheten, för handläggare.")] = "",
    secret: Annotated[bool, typer.Option("--secret", help="Får läsa enhetens sekretessmarkerade dokument.")] = False,
    competence: Annotated[
        list[str] | None, typer.Option("--competence", help="Får granska det som kräver den; upprepas.")
    ] = None,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Skapa en nyckel. Myndigheten skapas om den är ny. Nyckeln visas bara nu."""
    with errors(as_json):
        if url:
            body: dict[str, Json] = {"authority": authority, "role": role.value, "unit": unit, "secret": secret}
            body["competences"] = list[Json](competence or [])
            created = str(target(data, url, key).client(authority, "admin").post("/v1/keys", body)["key"])
        else:
            folder = DataFolder(Path(data)).create()
            created = create_key(
                folder.path, authority, role.value, unit=unit, secret=secret, competences=competence or []
            )
        show({"key": created}, as_json, lambda: console.print(created))
