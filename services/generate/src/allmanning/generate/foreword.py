"""What an answer begins with when its sentences are quoted in another language than the question's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from allmanning.contracts.passage.v1.passage_pb import Passage
from allmanning.generate.notices import notice
from allmanning.index.language import detect

# Who writes one of these reads the others, and short questions in them are taken for each other.
_SCANDINAVIAN: Final = frozenset({"sv", "no", "da"})


@dataclass(frozen=True)
class Foreword:
    """`notice` is its name in the notice file, `text` what it says in the question's language."""

    notice: str
    text: str
    quoted_in: str
    """ISO 639-1 of the sentences that follow."""


def foreword(quoted: str, passage: Passage | None, language: str) -> Foreword | None:
    """Said before words `quoted` from a passage to a question in `language`; None where they are in the same."""
    written_in = (passage.document.language if passage and passage.document else "") or detect(quoted)
    if written_in == language or {written_in, language} <= _SCANDINAVIAN:
        return None
    name = "in_swedish" if written_in == "sv" else "other_language"
    return Foreword(name, notice(name, language), written_in)
