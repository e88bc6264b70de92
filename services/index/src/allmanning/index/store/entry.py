"""A passage on its way into an answer, with what its place in it is decided by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from allmanning.contracts.passage.v1.passage_pb import Passage
from allmanning.index.fusion import Fused
from allmanning.index.store.point import Payload, passage_of

# What an entry is made of.
FIELDS: Final = (
    "passage", "twin", "sketch", "authority", "document", "position", "valid_from", "tokens", "sentences"
)  # fmt: skip
KEY_BYTES: Final = 6
_SECTION: Final = re.compile(r"\d\s*(?:[a-z]\s+)?§")


@dataclass(frozen=True)
class Entry:
    """`score` has the scale of `fusion.fuse`, plus what late interaction adds."""

    fused: Fused
    payload: Payload
    score: float

    @cached_property
    def passage(self) -> Passage:
        return passage_of(self.payload)

    @cached_property
    def sketch(self) -> tuple[int, ...]:
        """Empty for a point of an index of an earlier release."""
        stored = self.payload.get("sketch")
        return tuple(int(str(number)) for number in stored) if isinstance(stored, list) else ()

    @cached_property
    def twin(self) -> str:
        return str(self.payload["twin"])

    @property
    def authority(self) -> str:
        return str(self.payload["authority"])

    @property
    def position(self) -> int:
        return self._number("position")

    @property
    def valid_from(self) -> int:
        """yyyymmdd; 0 without a date."""
        return self._number("valid_from")

    @property
    def key(self) -> bytes:
        """What the passage says, as `SearchResponse.shown` remembers it."""
        return bytes.fromhex(self.twin)[:KEY_BYTES]

    @cached_property
    def place(self) -> tuple[str, str]:
        """The document it stands in."""
        return self.authority, str(self.payload["document"])

    @cached_property
    def is_section(self) -> bool:
        """Whether it is a section of a statute: its heading, or its first words, end in §."""
        # Read as it is stored: thirty passages are looked at for ten that are shown.
        stored = self.payload.get("passage")
        passage = stored if isinstance(stored, dict) else {}
        location = passage.get("location")
        headings = location.get("headings") if isinstance(location, dict) else None
        last = headings[-1:] if isinstance(headings, list) else []
        return any(_SECTION.search(str(said)) for said in (*last, str(passage.get("text"))[:20]))

    def _number(self, field: str) -> int:
        return int(str(self.payload.get(field) or 0))
