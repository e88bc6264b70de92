"""`allmanning key`: API keys."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from allmanning.gateway.channels import PER_DAY, channels_of, create_channel, revoke_channel
from allmanning.gateway.keyring import Keyring
from allmanning.gateway.keys import create_key, revoke_key
from allmanning.node.folder import DEFAULT, DataFolder
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.errors import InvalidInput, NotFound
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


@contextlib.contextmanager
def _opened(data: Path) -> Iterator[tuple[Path, Keyring]]:
    folder = DataFolder(Path(data)).create().path
    keyring = Keyring(folder)
    keyring.warm_up()
    try:
        yield folder, keyring
    finally:
        keyring.close()


@app.command("list")
def list_(authority: AuthorityOption, data: Data = DEFAULT, as_json: AsJson = False) -> None:
    """Visa myndighetens nycklar i bruk, och dem för chatten på webbplatser. Själva nycklarna finns inte kvar."""
    with errors(as_json), _opened(data) as (folder, keyring):
        told: list[dict[str, Json]] = [
            {
                "id": each.id,
                "role": each.role.name.lower(),
                "unit": each.unit,
                "label": each.label,
                "operator": each.operator,
                "owner": keyring.called(each.owner) if each.owner else "",
                "created_at": each.created_at,
                "used_on": each.used_on,
            }
            for each in keyring.keys(authority)
        ]
        told += [
            {"id": each.id, "role": "public", "origins": list[Json](each.origins), "created_at": each.created_at}
            for each, _ in channels_of(folder, authority)
        ]
        show({"keys": list[Json](told)}, as_json, lambda: console.print("\n".join(map(_line, told)) or "Inga nycklar."))


def _line(key: dict[str, Json]) -> str:
    """One key as a person reads it: its id, what it may do, what it is for, and when it was used last."""
    origins = key.get("origins")
    what = ", ".join(str(each) for each in origins) if isinstance(origins, list) else key["label"] or "–"
    role = "operator" if key.get("operator") else key["role"]
    used = "" if origins else f"  {key['used_on'] or 'aldrig använd'}"
    return f"{key['id']}  {role}  {key.get('unit') or '–'}  {what}  {str(key['created_at'])[:10]}{used}"


@app.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(help="Nyckelns id, som key list visar. Inte nyckeln själv.")],
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Återkalla en nyckel: den slutar gälla genast, och den som loggat in med den loggas ut."""
    with errors(as_json):
        if url:
            target(data, url, key).client(authority, "admin").delete(f"/v1/keys/{quote(key_id, safe='')}")
        else:
            folder = DataFolder(Path(data)).create().path
            if not revoke_key(folder, authority, key_id) and not revoke_channel(folder, authority, key_id):
                text = f"{authority} har ingen sådan nyckel i bruk. allmanning key list -a {authority} visar dem."
                raise NotFound("key.not_found", text)
        show({"id": key_id, "revoked": True}, as_json, lambda: console.print("Nyckeln är återkallad."))
