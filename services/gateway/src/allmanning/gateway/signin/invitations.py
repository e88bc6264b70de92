"""A link that lets one person choose the password of one account, once, within three days."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Final

from allmanning.gateway.keys import digest, writing
from allmanning.gateway.signin.account import COLUMNS, Account, account_of
from allmanning.gateway.signin.change_note import note_account
from allmanning.gateway.signin.database import KeyDatabase
from allmanning.gateway.signin.grant import Grant
from allmanning.gateway.signin.passwords import hashed

LASTS_S: Final = 3 * 86_400.0
PATH: Final = "/signin/invitation"


class Invitations:
    """Makes and accepts them. Writing waits for the disk: call it in a thread."""

    def __init__(self, database: KeyDatabase, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def invite(self, account: Account) -> str:
        """A new link's token; an earlier one to the account is worth nothing any more."""
        token = secrets.token_urlsafe(32)
        with writing(self._database.data_dir) as database:
            database.execute("DELETE FROM invitation WHERE account_id = ?", (account.id,))
            row = (digest(token), account.id, self._clock() + LASTS_S)
            database.execute("INSERT INTO invitation VALUES (?, ?, ?)", row)
        return token

    def reset(self, account: Account, by: Grant | None = None) -> str:
        """Take every proof and session from the account, and invite anew: for whoever lost theirs, or had it stolen."""
        with writing(self._database.data_dir) as database:
            database.execute("UPDATE account SET password = '', totp = '', totp_step = 0 WHERE id = ?", (account.id,))
            for table in ("passkey", "recovery_code"):
                database.execute(f"DELETE FROM {table} WHERE account_id = ?", (account.id,))  # noqa: S608 - our own words
            database.execute("UPDATE session SET ended = 1 WHERE account_id = ?", (account.id,))
            note_account(database, "reset", account, by)
        return self.invite(account)

    def invited(self, token: str) -> Account | None:
        """Whose the link is, while it is worth something."""
        query = (
            f"SELECT {COLUMNS} FROM account WHERE disabled_at = '' AND id ="  # noqa: S608 - as above
            " (SELECT account_id FROM invitation WHERE hash = ? AND expires_at > ?)"
        )
        row = self._database.reading.execute(query, (digest(token), self._clock())).fetchone() if token else None
        return account_of(row) if row else None

    def accept(self, token: str, password: str) -> bool:
        """Set the password, once; False when the link is worth nothing (any more)."""
        stored = hashed(password)
        with writing(self._database.data_dir) as database:
            row = database.execute(
                "DELETE FROM invitation WHERE hash = ? AND expires_at > ? RETURNING account_id",
                (digest(token), self._clock()),
            ).fetchone()
            if row is not None:
                query = f"UPDATE account SET password = ? WHERE id = ? RETURNING {COLUMNS}"  # noqa: S608 - as above
                account = account_of(database.execute(query, (stored, row["account_id"])).fetchone())
                note_account(database, "password", account, account)
        return row is not None
