"""What is changed of keys and accounts, noted where it is changed.

The change and its note are one transaction: whoever makes one, from a page, by the API or by a command on the machine,
has made the other. The running gateway puts the notes on record (changes.py).
"""

from __future__ import annotations

import json
import sqlite3
from typing import Final, Literal, TypeAlias

from allmanning.gateway.signin.grant import NAMES, Grant
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Json, now

OfKey: TypeAlias = Literal["created", "revoked"]
OfAccount: TypeAlias = Literal[
    "created",
    "changed",
    "disabled",
    "enabled",
    "reset",
    "password",
    "totp_on",
    "totp_off",
    "recovery",
    "passkey_on",
    "passkey_off",
]

# A command on the machine: whoever may write in the data folder runs the platform.
OPERATOR: Final = "operator"


def note_key(
    database: sqlite3.Connection, change: OfKey, key: str, authority: str, role: str, by: Grant | None
) -> None:
    """A key, by its id, was made or ended, in the caller's transaction. `by` nobody: a command on the machine."""
    _note(database, "key.changed", authority, key, {"change": change, "key_role": role}, by)


def note_account(database: sqlite3.Connection, change: OfAccount, account: Grant, by: Grant | None) -> None:
    """An account or its proofs were changed, in the caller's transaction. `by` as above."""
    own = by is not None and by.actor == account.actor
    _note(database, "account.changed", account.authority, account.actor, {"change": change, "own": own}, by)


def _note(
    database: sqlite3.Connection, kind: str, authority: str, subject: str, fields: dict[str, Json], by: Grant | None
) -> None:
    role = NAMES[by.role] if by else OPERATOR
    shown: Json = {"role": role, "unit": by.unit if by else "", "at": now(), **fields}
    actor: Json = {"key_id": by.actor if by else "", "role": role, "unit": by.unit if by else ""}
    database.execute(
        "INSERT INTO untold (id, kind, authority, fields, actor, subject) VALUES (?, ?, ?, ?, ?, ?)",
        (uuid7(), kind, authority, json.dumps(shown), json.dumps(actor), subject),
    )
