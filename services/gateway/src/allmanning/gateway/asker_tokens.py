"""Whoever asked can show that an answer is theirs, without an account: a token for each decision.

The decision's id stands in links that people share; the token does not. It is an HMAC (RFC 2104) of the id under a key
that only the gateway has, so nothing need be stored.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

_BYTES: Final = 18


class AskerTokens:
    """Tokens of the gateways that share a data folder."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def kept_in(cls, data_dir: Path) -> AskerTokens:
        """With the key of the folder, made when it has none."""
        path = data_dir / "gateway" / "asker.key"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"asker.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        # Of two gateways that start at once the first one's key stands, whole.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
        return cls(path.read_bytes())

    def of(self, authority: str, decision: str) -> str:
        """The token that goes with an answer."""
        mac = hmac.digest(self._key, f"{authority}\0{decision}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(mac[:_BYTES]).decode()

    def holds(self, authority: str, decision: str, token: str) -> bool:
        """Whether the token is that of the decision."""
        return bool(decision) and hmac.compare_digest(self.of(authority, decision).encode(), token.encode())
