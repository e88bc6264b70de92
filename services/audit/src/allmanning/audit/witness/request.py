"""What a log sends to a witness (C2SP tlog-witness, add-checkpoint)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.audit.log.checkpoint import parse_size
from allmanning.audit.log.note import BadNote, from_base64
from allmanning.audit.log.tree import HASH_BYTES

MAX_PROOF_HASHES: Final = 63
_OLD: Final = "old "


@dataclass(frozen=True)
class AddCheckpoint:
    """A checkpoint as its log signed it, and the proof that it begins with the `old` leaves seen before."""

    old: int
    proof: Sequence[bytes]
    note: str

    @classmethod
    def parse(cls, body: bytes) -> AddCheckpoint:
        """Read a request.

        Raises:
            BadNote: unless it has exactly the form of one. The note in it is not read here.
        """
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            raise BadNote("begäran är inte UTF-8") from error
        head, blank, note = text.partition("\n\n")
        first, *lines = head.split("\n")
        if not blank or not first.startswith(_OLD) or len(lines) > MAX_PROOF_HASHES:
            raise BadNote("begäran har inte en rad med old, högst 63 hashar, en tom rad och en kontrollpunkt")
        try:
            proof = [from_base64(line) for line in lines]
        except ValueError as error:
            raise BadNote("en hash i begäran är inte base64") from error
        if any(len(each) != HASH_BYTES for each in proof):
            raise BadNote("en hash i begäran har fel längd")
        return cls(parse_size(first.removeprefix(_OLD)), proof, note)

    def __bytes__(self) -> bytes:
        hashes = "".join(f"{base64.b64encode(each).decode()}\n" for each in self.proof)
        return f"{_OLD}{self.old}\n{hashes}\n{self.note}".encode()
