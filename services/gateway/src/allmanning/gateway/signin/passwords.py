"""Passwords, as Argon2id (RFC 9106, second recommended option: 64 MiB, 3 passes)."""

from __future__ import annotations

import asyncio
from typing import Final

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

from allmanning.gateway.keys import writing
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.change_note import note_account
from allmanning.gateway.signin.database import KeyDatabase
from allmanning.gateway.signin.password_rules import MOST_CHARS, normalised

# Each takes 64 MiB while it works.
_AT_ONCE: Final = 2
_HASHER: Final = PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)


def hashed(password: str) -> str:
    """What is stored."""
    return _HASHER.hash(normalised(password))


class Passwords:
    """Checks and sets them."""

    def __init__(self, database: KeyDatabase) -> None:
        self._database = database
        self._working = asyncio.Semaphore(_AT_ONCE)
        self._nobodys = ""

    async def is_right(self, account: Account | None, password: str) -> bool:
        """Whether it is the account's. It takes as long for an account that does not exist."""
        if len(password) > MOST_CHARS:
            return False
        async with self._working:
            return await asyncio.to_thread(self._check, account, password)

    def _check(self, account: Account | None, password: str) -> bool:
        stored = self._stored(account) if account else ""
        if not stored:
            self._nobodys = self._nobodys or hashed("nobody's")
        try:
            right = _HASHER.verify(stored or self._nobodys, normalised(password))
        except (VerificationError, InvalidHashError):
            return False
        return right and bool(stored)

    def _stored(self, account: Account) -> str:
        query = "SELECT password FROM account WHERE id = ? AND disabled_at = ''"
        row = self._database.reading.execute(query, (account.id,)).fetchone()
        return str(row["password"]) if row else ""

    async def set(self, account: Account, password: str) -> None:
        """Take a password that has passed `check_password`."""

        def write() -> None:
            stored = hashed(password)
            with writing(self._database.data_dir) as database:
                database.execute("UPDATE account SET password = ? WHERE id = ?", (stored, account.id))
                note_account(database, "password", account, account)

        async with self._working:
            await asyncio.to_thread(write)
