"""The secrets of codes at rest: sealed, each for its account alone.

A secret must be read to check a code, so it can't be a hash.
"""

from __future__ import annotations

import logging
from contextlib import closing
from pathlib import Path
from typing import Final

from allmanning.gateway.keys import open_database
from allmanning.gateway.seal import Seal
from allmanning.gateway.signin.account import Account
from allmanning.runtime.sealing import SealBroken

log = logging.getLogger(__name__)

_SEALED_FOR: Final = "allmanning/totp-secret/v1"


class TotpSeal:
    """Seals and opens them, as text for the file."""

    def __init__(self, key: bytes) -> None:
        self._seal = Seal(key, _SEALED_FOR)

    def seal(self, account: Account, secret: str) -> str:
        """What may lie in the file; it opens for this account only."""
        return self._seal.sealed(secret, account.authority, account.id)

    def opened(self, account: Account, sealed: str) -> str:
        """The secret; empty when it was sealed with another key or for somebody else, which no code is right for."""
        try:
            return self._seal.opened(sealed, account.authority, account.id)
        except SealBroken:
            return ""

    def warm_up(self, data_dir: Path) -> None:
        """Seal what an earlier release left open, so that it stands nowhere in the file; tell of what can't be opened.

        An account whose secret is lost still asks for a code, so recovery codes or an administrator let its person in.
        """
        with closing(open_database(data_dir)) as database:
            # What is written over is overwritten with zeros, and the log of writes is emptied.
            database.execute("PRAGMA secure_delete = ON")
            database.execute("BEGIN IMMEDIATE")
            sealed, lost = self._seal.take_in(database, "account", "totp", ("authority", "id"))
            database.execute("COMMIT")
            if sealed:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if lost:
            log.error(
                "%d accounts have codes that ALLMANNING_GATEWAY_KEY_FILE does not open: put the former key file back,"
                " or let their people in by `allmanning user reset`",
                lost,
            )
