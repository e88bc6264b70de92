"""People with accounts, as a test makes them behind the gateway's back."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx

from allmanning.gateway.keyring import Keyring
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.accounts import Accounts
from allmanning.gateway.signin.invitations import Invitations

PASSWORD = "grön båt kaffe måne"


@contextlib.contextmanager
def opened(data_dir: Path) -> Iterator[Keyring]:
    keyring = Keyring(data_dir)
    keyring.warm_up()
    yield keyring
    keyring.close()


def person(gateway, name: str = "anna@exempelby.se", role: str = "admin", **rights: object) -> Account:
    """An account whose invitation has been accepted."""
    authority = str(rights.pop("authority", "exempelby"))
    with opened(gateway.data_dir) as keyring:
        accounts, invitations = Accounts(keyring.database), Invitations(keyring.database)
        account = accounts.create(authority, name, role, **rights, by=None)  # type: ignore[arg-type]
        assert invitations.accept(invitations.invite(account), PASSWORD)
        return account


@contextlib.asynccontextmanager
async def signed_in_as(gateway, account: Account) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without scripts, signed in with the account's password."""
    async with gateway.client() as client:
        answer = await sign_in(client, account.name)
        assert answer.status_code == 303, answer.text
        yield client


async def sign_in(client: httpx.AsyncClient, name: str, password: str = PASSWORD, **more: str) -> httpx.Response:
    return await client.post(
        "/signin/password", data={"authority": "exempelby", "name": name, "password": password, **more}
    )
