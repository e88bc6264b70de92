"""Private keys of the logs: a file for each key, outside the database, readable by this user only."""

from __future__ import annotations

import base64
import os
import threading
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.cosignature import CosigningKey
from allmanning.audit.log.note import KEY_BYTES, Note, SigningKey, from_base64
from allmanning.audit.log.refusal import SigningRefused
from allmanning.audit.log.secret_file import write_secret
from allmanning.audit.log.vkey import COSIGNATURE_ML_DSA_44


class Keys:
    """The keys in a folder. With `ml_dsa` every log has an ML-DSA-44 key beside its Ed25519 key."""

    def __init__(self, folder: Path, *, ml_dsa: bool = False) -> None:
        self._folder = folder
        self._ml_dsa = ml_dsa
        self._known: dict[str, SigningKey] = {}
        self._second: dict[str, CosigningKey] = {}
        # Two threads that both find no key must not make one each.
        self._making = threading.Lock()

    def of(self, origin: str) -> SigningKey:
        """The key that the log has signed with before.

        Raises:
            SigningRefused: `audit.key_missing`, when the file is gone or holds something else. A new key would be
                another log under the same name.
        """
        if origin not in self._known:
            self._known[origin] = SigningKey(
                origin, Ed25519PrivateKey.from_private_bytes(_read(self._file(origin, "key"), origin))
            )
        return self._known[origin]

    def ensure(self, origin: str) -> SigningKey:
        """The key of a log that has not signed yet; made, and on disk, when there is none."""
        self._make(self._file(origin, "key"))
        return self.of(origin)

    def second(self, origin: str) -> CosigningKey | None:
        """The log's ML-DSA-44 key, made when there is none; None when logs have no such keys.

        Raises:
            SigningRefused: `audit.key_missing`, when the file holds something else.
        """
        if not self._ml_dsa:
            return None
        if origin not in self._second:
            path = self._file(origin, "ml-dsa-44.key")
            self._make(path)
            self._second[origin] = CosigningKey.from_seed(origin, COSIGNATURE_ML_DSA_44, _read(path, origin))
        return self._second[origin]

    def vkeys(self, origin: str) -> list[str]:
        """The public keys of a log: Ed25519, and ML-DSA-44 when there is one. Raises as `of`."""
        second = self.second(origin)
        return [str(self.of(origin).verifier), *([str(second.verifier)] if second else [])]

    def sign(self, checkpoint: Checkpoint) -> str:
        """The note of a checkpoint, signed with every key of its log. Raises as `of`."""
        note = checkpoint.sign(self.of(checkpoint.origin))
        second = self.second(checkpoint.origin)
        if second is None:
            return note
        signature = second.cosign(checkpoint.text(), int(time.time()))
        return str(Note.parse(note).with_signatures([signature]))

    def _make(self, path: Path) -> None:
        with self._making:
            if not path.exists():
                _write(path)

    def _file(self, origin: str, kind: str) -> Path:
        return self._folder / f"{origin.replace('/', '-')}.{kind}"


def _read(path: Path, origin: str) -> bytes:
    """The 32 bytes that a key is made from."""
    try:
        raw = from_base64(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise _missing(origin) from error
    if len(raw) != KEY_BYTES:
        raise _missing(origin)
    return raw


def _missing(origin: str) -> SigningRefused:
    return SigningRefused(
        "audit.key_missing", f"Nyckeln för {origin} saknas eller är skadad. Lägg tillbaka nyckelfilen."
    )


def _write(path: Path) -> None:
    """Make a key, on disk when this returns. Any 32 random bytes are one (RFC 8032 §5.1.5, FIPS 204 §5.1)."""
    write_secret(path, base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
