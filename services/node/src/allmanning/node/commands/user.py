"""`allmanning user`: accounts of people who sign in to the pages."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from allmanning.gateway.keyring import Keyring
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.accounts import Accounts
from allmanning.gateway.signin.invitations import PATH, Invitations
from allmanning.node.commands.key import RoleName
from allmanning.node.folder import DEFAULT, DataFolder
from allmanning.node.output import AsJson, AuthorityOption, Data, console, errors, show
from allmanning.runtime.errors import NotFound, PlatformError
from allmanning.runtime.record import Json

app = typer.Typer(help="Konton för människor. Görs i nodens egen mapp, på den maskinen.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Användarnamnet, till exempel en e-postadress.")]


@app.callback()
def users() -> None:
    """Konton för människor."""


@contextlib.contextmanager
def _opened(data: Path) -> Iterator[tuple[DataFolder, Keyring]]:
    folder = DataFolder(Path(data)).create()
    keyring = Keyring(folder.path)
    keyring.warm_up()
    try:
        yield folder, keyring
    finally:
        keyring.close()


def _known(accounts: Accounts, authority: str, name: str) -> Account:
    """The account with this name. Raises NotFound: `account.not_found`."""
    wanted = name.strip().casefold()
    found = next((each for each in accounts.of(authority) if each.is_local and each.name.casefold() == wanted), None)
    if found is None:
        raise NotFound("account.not_found", f"Det finns inget konto {name} hos {authority}.")
    return found


def _link(folder: DataFolder, token: str) -> str:
    """The invitation's address; of the node that runs in the folder, or its path alone."""
    try:
        url = folder.running().url.rstrip("/")
    except PlatformError:
        url = ""
    return f"{url}{PATH}?token={token}"


@app.command("create")
def create(
    name: Name,
    authority: AuthorityOption,
    role: Annotated[RoleName, typer.Option("--role", "-r", help="Vad personen får göra.")],
    unit: Annotated[str, typer.Option("--unit", help="Enhet inom myndigheten, för handläggare.")] = "",
    secret: Annotated[bool, typer.Option("--secret", help="Får läsa enhetens sekretessmarkerade dokument.")] = False,
    competence: Annotated[
        list[str] | None, typer.Option("--competence", help="Får granska det som kräver den; upprepas.")
    ] = None,
    data: Data = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Skapa ett konto och visa länken där personen väljer sitt lösenord. Den går att använda en gång, inom tre dygn."""
    with errors(as_json), _opened(data) as (folder, keyring):
        accounts = Accounts(keyring.database)
        made = accounts.create(
            authority, name, role.value, unit=unit, secret=secret, competences=competence or [], by=None
        )
        link = _link(folder, Invitations(keyring.database).invite(made))
        show({"id": made.id, "link": link}, as_json, lambda: console.print(link, soft_wrap=True))


@app.command("list")
def list_(authority: AuthorityOption, data: Data = DEFAULT, as_json: AsJson = False) -> None:
    """Visa myndighetens konton."""
    with errors(as_json), _opened(data) as (_, keyring):
        found = Accounts(keyring.database).of(authority)
        told: list[Json] = [
            {
                "id": each.id,
                "name": each.name,
                "role": each.role.name.lower(),
                "unit": each.unit,
                "issuer": each.issuer,
                "used_on": each.used_on,
                "disabled": bool(each.disabled_at),
            }
            for each in found
        ]

        def lines() -> None:
            for each in found:
                state = "stängt" if each.disabled_at else each.used_on or "aldrig inloggad"
                console.print(f"{each.name}  {each.role.name.lower()}  {each.unit or '–'}  {state}", soft_wrap=True)

        show({"users": told}, as_json, lines)


@app.command("disable")
def disable(
    name: Name,
    authority: AuthorityOption,
    undo: Annotated[bool, typer.Option("--undo", help="Öppna kontot igen.")] = False,
    data: Data = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Stäng ett konto: personen loggas ut genast, och kontots nycklar slutar gälla."""
    with errors(as_json), _opened(data) as (_, keyring):
        accounts = Accounts(keyring.database)
        account = _known(accounts, authority, name)
        accounts.set_disabled(account, disabled=not undo, by=None)
        told = "Kontot är öppet." if undo else "Kontot är stängt."
        show({"id": account.id, "disabled": not undo}, as_json, lambda: console.print(told))


@app.command("reset")
def reset(name: Name, authority: AuthorityOption, data: Data = DEFAULT, as_json: AsJson = False) -> None:
    """Ta bort lösenord, koder och passernycklar, logga ut överallt, och visa en ny länk."""
    with errors(as_json), _opened(data) as (folder, keyring):
        account = _known(Accounts(keyring.database), authority, name)
        link = _link(folder, Invitations(keyring.database).reset(account, by=None))
        show({"id": account.id, "link": link}, as_json, lambda: console.print(link, soft_wrap=True))
