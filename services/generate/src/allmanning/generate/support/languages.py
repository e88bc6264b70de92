"""Whether two texts are in languages whose words can be compared."""

from __future__ import annotations

from typing import Final

from allmanning.contracts.passage.v1.passage_pb import Passage
from allmanning.index.language import detect

# Who writes one of these reads the others, and short questions in them are taken for each other.
_SCANDINAVIAN: Final = frozenset({"sv", "no", "da"})


def written_in(passage: Passage | None, text: str = "") -> str:
    """ISO 639-1: the language of the passage's document, or else that of `text` or of the whole passage."""
    said = passage.document.language if passage and passage.document else ""
    return said or detect(text or (passage.text if passage else ""))


def alike(one: str, other: str) -> bool:
    """Two languages (ISO 639-1) that share most of their words."""
    return one == other or {one, other} <= _SCANDINAVIAN
