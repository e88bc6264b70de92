"""The accounts of people: made by an administrator or a command, or by the first sign-in at their authority's own."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from allmanning.gateway.keys import writing
from allmanning.gateway.signin.account import COLUMNS, Account, account_of
from allmanning.gateway.signin.change_note import note_account, note_key
from allmanning.gateway.signin.database import KeyDatabase
from allmanning.gateway.signin.grant import ROLES, Grant, check_grant
from allmanning.runtime.errors import Conflict, InvalidInput, NotFound
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import now
from allmanning.runtime.swedish_day import today

MAX_NAME_CHARS: Final = 100


class Accounts:
    """Finds and changes them. Writing waits for the disk: call it in a thread.

    `by` is who changes something, for the record; nobody: a command on the machine.
    """

    def __init__(self, database: KeyDatabase) -> None:
        self._database = database

    def get(self, account_id: str) -> Account | None:
        """The account, also a disabled one."""
        return self._one("id = ?", account_id)

    def local(self, authority: str, name: str) -> Account | None:
        """The account that signs in here with this name, in whatever case; None also when it is disabled."""
        found = self._one("authority = ? AND issuer = '' AND subject = ?", authority, name.strip().casefold())
        return found if found and not found.disabled_at else None

    def of(self, authority: str) -> list[Account]:
        """The authority's accounts, by name."""
        query = f"SELECT {COLUMNS} FROM account WHERE authority = ? ORDER BY name, id"  # noqa: S608 - our own words
        return [account_of(row) for row in self._database.reading.execute(query, (authority,))]

    def any_local(self) -> bool:
        """Whether anybody signs in here with a password or a passkey."""
        query = "SELECT 1 FROM account WHERE issuer = '' AND disabled_at = '' LIMIT 1"
        return self._database.reading.execute(query).fetchone() is not None

    def create(
        self,
        authority: str,
        name: str,
        role: str,
        *,
        unit: str = "",
        secret: bool = False,
        competences: Sequence[str] = (),
        by: Grant | None = None,
    ) -> Account:
        """A new account; it opens nothing until an invitation to it is accepted. A new authority is registered.

        Raises:
            InvalidInput: `account.name`, and as `check_grant`. Conflict: `account.taken`.
        """
        name = name.strip()
        if not name or len(name) > MAX_NAME_CHARS or not name.isprintable():
            raise InvalidInput("account.name", f"Ett användarnamn har 1 till {MAX_NAME_CHARS} tecken, på en rad.")
        check_grant(authority, role, unit=unit, secret=secret, competences=competences)
        account_id = uuid7()
        values = (account_id, authority, name, name.casefold(), role, unit, int(secret), ",".join(competences), now())
        try:
            with writing(self._database.data_dir) as database:
                database.execute(
                    "INSERT INTO authority (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
                    (authority, authority, now()),
                )
                database.execute(
                    "INSERT INTO account (id, authority, name, subject, role, unit, secret, competences, created_at)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    values,
                )
                note_account(database, "created", Account(account_id, authority, ROLES[role], unit), by)
        except sqlite3.IntegrityError as error:
            raise Conflict("account.taken", "Det finns redan ett konto med det namnet.") from error
        return self._known(account_id)

    def put_foreign(
        self,
        issuer: str,
        subject: str,
        name: str,
        authority: str,
        role: str,
        unit: str,
        *,
        secret: bool,
        competences: Sequence[str],
    ) -> Account:
        """The account of somebody whom `issuer` has signed in, as it says now. When that has changed, sessions end.

        Raises:
            InvalidInput: as `check_grant`.
        """
        check_grant(authority, role, unit=unit, secret=secret, competences=competences)
        granted = (role, unit, int(secret), ",".join(competences))
        with writing(self._database.data_dir) as database:
            row = database.execute(
                "SELECT id, role, unit, secret, competences FROM account"
                " WHERE authority = ? AND issuer = ? AND subject = ?",
                (authority, issuer, subject),
            ).fetchone()
            account_id = str(row["id"]) if row else uuid7()
            account = Account(account_id, authority, ROLES[role], unit, issuer=issuer)
            if row is None:
                database.execute(
                    "INSERT INTO account (id, authority, name, issuer, subject, role, unit, secret, competences,"
                    " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (account_id, authority, name, issuer, subject, *granted, now()),
                )
                note_account(database, "created", account, account)
            else:
                database.execute(
                    "UPDATE account SET name = ?, role = ?, unit = ?, secret = ?, competences = ? WHERE id = ?",
                    (name, *granted, account_id),
                )
                if tuple(row)[1:] != granted:
                    database.execute("UPDATE session SET ended = 1 WHERE account_id = ?", (account_id,))
                    note_account(database, "changed", account, account)
        return self._known(account_id)

    def change(
        self,
        account: Account,
        role: str,
        *,
        unit: str = "",
        secret: bool = False,
        competences: Sequence[str] = (),
        by: Grant | None = None,
    ) -> Account:
        """Give an account other rights; its sessions end. Raises InvalidInput: as `check_grant`."""
        check_grant(account.authority, role, unit=unit, secret=secret, competences=competences)
        with writing(self._database.data_dir) as database:
            database.execute(
                "UPDATE account SET role = ?, unit = ?, secret = ?, competences = ? WHERE id = ?",
                (role, unit, int(secret), ",".join(competences), account.id),
            )
            database.execute("UPDATE session SET ended = 1 WHERE account_id = ?", (account.id,))
            note_account(database, "changed", account, by)
        return self._known(account.id)

    def set_disabled(self, account: Account, *, disabled: bool, by: Grant | None = None) -> None:
        """Close an account with its sessions and its invitation, or open it again. Its keys end too, and theirs."""
        with writing(self._database.data_dir) as database:
            at = now() if disabled else ""
            database.execute("UPDATE account SET disabled_at = ? WHERE id = ?", (at, account.id))
            if disabled:
                database.execute("UPDATE session SET ended = 1 WHERE account_id = ?", (account.id,))
                database.execute("DELETE FROM invitation WHERE account_id = ?", (account.id,))
                ended = database.execute(
                    "UPDATE key SET revoked_at = ? WHERE owner = ? AND revoked_at = '' RETURNING id, authority, role",
                    (at, account.id),
                )
                for each in ended.fetchall():
                    database.execute("UPDATE session SET ended = 1 WHERE key_id = ?", (each["id"],))
                    note_key(database, "revoked", each["id"], each["authority"], each["role"], by)
            note_account(database, "disabled" if disabled else "enabled", account, by)

    def used(self, account: Account) -> None:
        """Note the day of a sign-in."""
        with writing(self._database.data_dir) as database:
            database.execute("UPDATE account SET used_on = ? WHERE id = ?", (today().isoformat(), account.id))

    def _known(self, account_id: str) -> Account:
        found = self.get(account_id)
        if found is None:
            raise NotFound("account.not_found", "Det finns inget sådant konto.")
        return found

    def _one(self, where: str, *values: str) -> Account | None:
        query = f"SELECT {COLUMNS} FROM account WHERE {where}"  # noqa: S608 - as above
        row = self._database.reading.execute(query, values).fetchone()
        return account_of(row) if row else None
