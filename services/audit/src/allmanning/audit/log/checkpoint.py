"""A checkpoint: a log's signed statement of its size and root (C2SP tlog-checkpoint)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final

from allmanning.audit.log.note import BadNote, SigningKey, VerifierKey, from_base64
from allmanning.audit.log.tree import HASH_BYTES

MAX_SIZE: Final = 2**63 - 1


@dataclass(frozen=True)
class Checkpoint:
    """What was signed: which log, how many leaves, which root. Our own logs write no extension lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a note.

        Raises:
            BadNote: unless it is origin, size, root, and lines that are not empty.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):
            raise BadNote("kontrollpunkten har inte tre rader")
        origin, size, root, *extensions = lines
        try:
            raw = from_base64(root)
        except ValueError as error:
            raise BadNote("kontrollpunktens rot är inte base64") from error
        if len(raw) != HASH_BYTES:
            raise BadNote("kontrollpunktens rot har fel längd")
        return cls(origin, parse_size(size), raw, tuple(extensions))

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
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    def sign(self, key: SigningKey) -> str:
        return key.sign(self.text())


def parse_size(text: str) -> int:
    """A size as checkpoints and witnesses write it: ASCII decimal digits without leading zeroes.

    Raises:
        BadNote: for anything else, or a size beyond 2^63 - 1.
    """
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_SIZE))
    if not digits or str(int(text)) != text or int(text) > MAX_SIZE:
        raise BadNote("kontrollpunktens storlek är inte ett tal")
    return int(text)
