"""Private keys of the logs: one file per origin, outside the database, readable by this user only."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from allmanning.audit.log.note import SigningKey, from_base64
from allmanning.audit.log.refusal import SigningRefused


class Keys:
    """The keys in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, SigningKey] = {}

    def of(self, origin: str) -> SigningKey:
        """The key that the log has signed with before.

        Raises:
            SigningRefused: `audit.key_missing`, when the file is gone or holds something else. A new key would be
                another log under the same name.
        """
        if origin not in self._known:
            try:
                raw = from_base64(self._file(origin).read_text().strip())
                self._known[origin] = SigningKey(origin, Ed25519PrivateKey.from_private_bytes(raw))
            except (OSError, ValueError) as error:
                raise SigningRefused(
                    "audit.key_missing", f"Nyckeln för {origin} saknas eller är skadad. Lägg tillbaka nyckelfilen."
                ) from error
        return self._known[origin]

    def ensure(self, origin: str) -> SigningKey:
        """The key of a log that has not signed yet; made, and on disk, when there is none."""
        if not self._file(origin).exists():
            self._make(origin)
        return self.of(origin)

    def _file(self, origin: str) -> Path:
        return self._folder / f"{origin.replace('/', '-')}.key"

    def _make(self, origin: str) -> None:
        path = self._file(origin)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = Ed25519PrivateKey.generate()
        # Whole under a temporary name first: a crash must not leave half a key.
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(base64.b64encode(key.private_bytes_raw()) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
