"""A person's account: who may sign in, as what."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from allmanning.gateway.signin.grant import GRANT_COLUMNS, Grant, granted_in

COLUMNS: Final = (
    f"{GRANT_COLUMNS}, name, issuer, created_at, used_on, disabled_at,"  # noqa: S608 - our own words
    " password <> '' AS has_password, totp <> '' AS has_totp,"
    " EXISTS (SELECT 1 FROM passkey WHERE account_id = account.id) AS has_passkey"
)


@dataclass(frozen=True)
class Account(Grant):
    """`name` is what the person signs in with, or is called by the `issuer` that signs them in (empty: we do).

    `used_on` is a day, not a time: it tells which accounts nobody uses, and no more.
    """

    name: str = ""
    issuer: str = ""
    has_password: bool = False
    has_totp: bool = False
    has_passkey: bool = False
    created_at: str = ""
    used_on: str = ""
    disabled_at: str = ""

    @property
    def is_local(self) -> bool:
        return not self.issuer

    @property
    def has_second_factor(self) -> bool:
        """Whether there is something besides the password."""
        return self.has_totp or self.has_passkey


def account_of(row: sqlite3.Row) -> Account:
    """The account in a row of `COLUMNS`."""
    return Account(
        **granted_in(row),
        name=row["name"],
        issuer=row["issuer"],
        has_password=bool(row["has_password"]),
        has_totp=bool(row["has_totp"]),
        has_passkey=bool(row["has_passkey"]),
        created_at=row["created_at"],
        used_on=row["used_on"],
        disabled_at=row["disabled_at"],
    )
