"""What an answer begins with when its sentences are quoted in another language than the question's."""

from __future__ import annotations

from dataclasses import dataclass

from allmanning.contracts.passage.v1.passage_pb import Passage
from allmanning.generate.notices import notice
from allmanning.generate.support.languages import alike, written_in


@dataclass(frozen=True)
class Foreword:
    """`notice` is its name in the notice file, `text` what it says in the question's language."""

    notice: str
    text: str
    quoted_in: str
    """ISO 639-1 of the sentences that follow."""


def foreword(quoted: str, passage: Passage | None, language: str) -> Foreword | None:
    """Said before words `quoted` from a passage to a question in `language`; None where they are in the same."""
    quoted_in = written_in(passage, quoted)
    if alike(quoted_in, language):
        return None
    name = "in_swedish" if quoted_in == "sv" else "other_language"
    return Foreword(name, notice(name, language), quoted_in)
