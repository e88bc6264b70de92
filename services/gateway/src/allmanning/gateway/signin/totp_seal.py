"""The secrets of codes at rest: sealed with the gateway's key (AES-256-GCM), each for its account alone.

A secret must be read to check a code, so it can't be a hash. Whoever has the file of accounts, or a backup of it, has
no secret without the key file, which lies elsewhere (`ALLMANNING_GATEWAY_KEY_FILE`).
"""

from __future__ import annotations

import base64
import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from allmanning.gateway.keys import open_database
from allmanning.gateway.signin.account import Account
from allmanning.runtime.sealing import SealBroken, bound, decrypted, encrypted

log = logging.getLogger(__name__)

# No secret has this sign: they are written in base 32.
_MARK: Final = "v1:"
_SEALED_FOR: Final = "allmanning/totp-secret/v1"


class TotpSeal:
    """Seals and opens them, as text for the file."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, account: Account, secret: str) -> str:
        """What may lie in the file; it opens for this account only."""
        return self._seal(account.authority, account.id, secret)

    def opened(self, account: Account, sealed: str) -> str:
        """The secret; empty when it was sealed with another key or for somebody else, which no code is right for."""
        return self._opened(account.authority, account.id, sealed)

    def warm_up(self, data_dir: Path) -> None:
        """Seal what an earlier release left open, so that it stands nowhere in the file; tell of what can't be opened.

        An account whose secret is lost still asks for a code, so recovery codes or an administrator let its person in.
        """
        with closing(open_database(data_dir)) as database:
            rows = database.execute("SELECT id, authority, totp FROM account WHERE totp <> ''").fetchall()
            left_open = [row for row in rows if not row["totp"].startswith(_MARK)]
            lost = sum(not self._opened(row["authority"], row["id"], row["totp"]) for row in rows) - len(left_open)
            if left_open:
                self._seal_all(database, left_open)
        if lost:
            log.error(
                "%d accounts have codes that ALLMANNING_GATEWAY_KEY_FILE does not open: put the former key file back,"
                " or let their people in by `allmanning user reset`",
                lost,
            )

    def _seal_all(self, database: sqlite3.Connection, rows: list[sqlite3.Row]) -> None:
        # What is written over is overwritten with zeros, and the log of writes is emptied.
        database.execute("PRAGMA secure_delete = ON")
        database.execute("BEGIN IMMEDIATE")
        for row in rows:
            sealed = self._seal(row["authority"], row["id"], row["totp"])
            # Another process may have sealed it meanwhile, or its person turned it off.
            database.execute("UPDATE account SET totp = ? WHERE id = ? AND totp = ?", (sealed, row["id"], row["totp"]))
        database.execute("COMMIT")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _seal(self, authority: str, account_id: str, secret: str) -> str:
        sealed = encrypted(self._key, secret.encode(), bound(_SEALED_FOR, authority, account_id))
        return _MARK + base64.b64encode(sealed).decode()

    def _opened(self, authority: str, account_id: str, sealed: str) -> str:
        try:
            text = base64.b64decode(sealed.removeprefix(_MARK), validate=True)
            return decrypted(self._key, text, bound(_SEALED_FOR, authority, account_id)).decode()
        except (SealBroken, ValueError):
            return ""
