"""A checkpoint: a log's signed statement of its size and root (C2SP tlog-checkpoint)."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from allmanning.audit.log.note import BadNote, SigningKey, VerifierKey, from_base64
from allmanning.audit.log.tree import HASH_BYTES


@dataclass(frozen=True)
class Checkpoint:
    """What was signed: which log, how many leaves, which root."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a note.

        Raises:
            BadNote: unless it is exactly origin, size and root.
        """
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0]:
            raise BadNote("kontrollpunkten har inte tre rader")
        origin, size, root = lines[:3]
        if not (size.isascii() and size.isdigit()) or (size != "0" and size.startswith("0")) or len(size) > 18:
            raise BadNote("kontrollpunktens storlek är inte ett tal")
        try:
            raw = from_base64(root)
        except ValueError as error:
            raise BadNote("kontrollpunktens rot är inte base64") from error
        if len(raw) != HASH_BYTES:
            raise BadNote("kontrollpunktens rot har fel längd")
        return cls(origin, int(size), raw)

    @classmethod
    def open(cls, note: str, key: VerifierKey) -> Checkpoint:
        """Check the signature, then read.

        Raises:
            BadNote: when it is not signed by `key`, or `key` belongs to another log.
        """
        checkpoint = cls.parse(key.open(note))
        if checkpoint.origin != key.name:
            raise BadNote("kontrollpunkten gäller en annan logg än nyckelns")
        return checkpoint

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def sign(self, key: SigningKey) -> str:
        return key.sign(self.text())
