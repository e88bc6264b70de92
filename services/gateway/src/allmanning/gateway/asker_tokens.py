"""Whoever asked can show that an answer is theirs, without an account: a token for each decision.

The decision's id stands in links that people share; the token does not. It is an HMAC (RFC 2104) of the id under a key
that only the gateway has, so nothing need be stored.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path
from typing import Final

from allmanning.gateway.kept_key import kept_key

_BYTES: Final = 18


class AskerTokens:
    """Tokens of the gateways that share a data folder."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def kept_in(cls, data_dir: Path) -> AskerTokens:
        """With the key of the folder, made when it has none."""
        return cls(kept_key(data_dir / "gateway" / "asker.key"))

    def of(self, authority: str, decision: str) -> str:
        """The token that goes with an answer."""
        mac = hmac.digest(self._key, f"{authority}\0{decision}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(mac[:_BYTES]).decode()

    def holds(self, authority: str, decision: str, token: str) -> bool:
        """Whether the token is that of the decision."""
        return bool(decision) and hmac.compare_digest(self.of(authority, decision).encode(), token.encode())
