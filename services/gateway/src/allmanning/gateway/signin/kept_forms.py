"""A form that was sent when its session had ended: nothing that somebody typed is lost.

It is kept here for a few minutes, encrypted with a key that only the browser has (in a cookie), and shown again to the
same person in the same browser, who then sends it. Nothing is sent by itself: the person sees first what it is.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from allmanning.gateway.keys import digest, writing

LASTS_S: Final = 900.0
# Far more than anybody types; an upload is chosen anew.
MAX_BYTES: Final = 256_000
# A person sends one form at a time; more are a program's.
_PER_ACTOR: Final = 5
_NONCE_BYTES: Final = 12


@dataclass(frozen=True)
class KeptForm:
    """Where a form was sent, and its fields in order."""

    action: str
    fields: Sequence[tuple[str, str]]


class KeptForms:
    """Keeps, shows and forgets."""

    def __init__(self, data_dir: Path, clock: Callable[[], float] = time.time) -> None:
        self._data_dir = data_dir
        self._clock = clock

    async def keep(self, actor: str, form: KeptForm) -> str:
        """Keep a form of this actor; returns the token that opens it, or nothing when it is too large."""
        plain = json.dumps({"action": form.action, "fields": [list(each) for each in form.fields]}).encode()
        if len(plain) > MAX_BYTES:
            return ""
        token, nonce = secrets.token_urlsafe(32), secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + AESGCM(_key(token)).encrypt(nonce, plain, actor.encode())

        def write() -> None:
            with writing(self._data_dir) as database:
                database.execute("DELETE FROM kept_form WHERE expires_at < ?", (self._clock(),))
                database.execute(
                    "DELETE FROM kept_form WHERE hash IN"
                    " (SELECT hash FROM kept_form WHERE actor = ? ORDER BY expires_at DESC LIMIT -1 OFFSET ?)",
                    (actor, _PER_ACTOR - 1),
                )
                expires_at = self._clock() + LASTS_S
                database.execute(
                    "INSERT INTO kept_form VALUES (?, ?, ?, ?)", (digest(token), actor, sealed, expires_at)
                )

        await asyncio.to_thread(write)
        return token

    async def take(self, actor: str, token: str) -> KeptForm | None:
        """The form, once, if it is this actor's; whoever else asks with the token ends it."""

        def write() -> bytes | None:
            with writing(self._data_dir) as database:
                row = database.execute(
                    "DELETE FROM kept_form WHERE hash = ? RETURNING actor, sealed, expires_at", (digest(token),)
                ).fetchone()
                mine = row is not None and row["actor"] == actor and row["expires_at"] > self._clock()
                return bytes(row["sealed"]) if mine else None

        sealed = await asyncio.to_thread(write) if token else None
        if sealed is None:
            return None
        try:
            plain = AESGCM(_key(token)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], actor.encode())
        except InvalidTag:
            return None
        found = json.loads(plain)
        return KeptForm(str(found["action"]), [(str(name), str(value)) for name, value in found["fields"]])


def _key(token: str) -> bytes:
    # The token is 256 random bits, and its plain SHA-256 is what we store: the key is derived apart from that.
    return sha256(b"kept form\x00" + token.encode()).digest()
