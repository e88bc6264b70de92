"""Ten codes on paper, for whoever has lost their app: each 59 random bits, worth one sign-in."""

from __future__ import annotations

import secrets
from typing import Final

from allmanning.gateway.keys import digest, writing
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.change_note import note_account
from allmanning.gateway.signin.database import KeyDatabase

HOW_MANY: Final = 10
# Without letters and digits that look alike on paper.
_LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUPS, _GROUP_CHARS = 3, 4


def _plain(code: str) -> str:
    return "".join(each for each in code.casefold() if each.isalnum())


class RecoveryCodes:
    """Makes, counts and uses them. Writing waits for the disk: call it in a thread."""

    def __init__(self, database: KeyDatabase) -> None:
        self._database = database

    def renew(self, account: Account) -> list[str]:
        """Ten new ones in place of those before; they can't be read again."""
        made = [
            "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP_CHARS)) for _ in range(_GROUPS))
            for _ in range(HOW_MANY)
        ]
        with writing(self._database.data_dir) as database:
            database.execute("DELETE FROM recovery_code WHERE account_id = ?", (account.id,))
            for each in made:
                row = (account.id, digest(f"{account.id}|{_plain(each)}"))
                database.execute("INSERT INTO recovery_code VALUES (?, ?)", row)
            note_account(database, "recovery", account, account)
        return made

    def left(self, account: Account) -> int:
        """How many are not used."""
        query = "SELECT count(*) FROM recovery_code WHERE account_id = ?"
        return int(self._database.reading.execute(query, (account.id,)).fetchone()[0])

    def use(self, account: Account, code: str) -> bool:
        """Whether it is one of the account's; then it is used up."""
        with writing(self._database.data_dir) as database:
            used = database.execute(
                "DELETE FROM recovery_code WHERE account_id = ? AND hash = ?",
                (account.id, digest(f"{account.id}|{_plain(code)}")),
            )
        return used.rowcount > 0
