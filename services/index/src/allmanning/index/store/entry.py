"""A passage on its way into an answer, with what its place in it is decided by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from allmanning.contracts.passage.v1.passage_pb import Passage
from allmanning.index.fusion import Fused
from allmanning.index.store.late_interaction import Likeness
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
    passage: Passage
    twin: str
    sketch: tuple[int, ...]
    authority: str
    document: str
    position: int
    valid_from: int
    likeness: Likeness | None
    score: float

    @property
    def key(self) -> bytes:
        """What the passage says, as `SearchResponse.shown` remembers it."""
        return bytes.fromhex(self.twin)[:KEY_BYTES]

    @property
    def place(self) -> tuple[str, str]:
        """The document it stands in."""
        return self.authority, self.document

    @property
    def is_section(self) -> bool:
        """Whether it is a section of a statute: its heading, or its first words, end in §."""
        headings = self.passage.location.headings if self.passage.location else []
        return any(_SECTION.search(said) for said in (*headings[-1:], self.passage.text[:20]))


def entry(fused: Fused, payload: Payload, likeness: Likeness | None, score: float) -> Entry:
    """The entry of a point with its payload. Points of an index of an earlier release lack some fields."""
    sketch = payload.get("sketch")
    return Entry(
        fused,
        passage_of(payload),
        str(payload["twin"]),
        tuple(int(str(number)) for number in sketch) if isinstance(sketch, list) else (),
        str(payload["authority"]),
        str(payload["document"]),
        _number(payload, "position"),
        _number(payload, "valid_from"),
        likeness,
        score,
    )


def _number(payload: Mapping[str, object], field: str) -> int:
    return int(str(payload.get(field) or 0))
