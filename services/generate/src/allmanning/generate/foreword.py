"""What an answer begins with: where help is, if somebody may be in danger, and why it is in another language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from allmanning.contracts.passage.v1.passage_pb import Passage
from allmanning.generate.notices import notice
from allmanning.generate.support.languages import alike, written_in

IF_DANGER: Final = "if_danger"


@dataclass(frozen=True)
class Foreword:
    """`notice` is its name in the notice file, `text` what it says in the question's language."""

    notice: str
    text: str
    quoted_in: str = ""
    """ISO 639-1 of the sentences that follow; empty where that is the question's own."""


def warned(begun: Foreword | None, language: str) -> Foreword:
    """The same with where help is, before anything else."""
    danger = notice(IF_DANGER, language)
    if begun is None:
        return Foreword(IF_DANGER, danger)
    return Foreword(f"{IF_DANGER} {begun.notice}", f"{danger}\n{begun.text}", begun.quoted_in)


def foreword(quoted: str, passage: Passage | None, language: str) -> Foreword | None:
    """Said before words `quoted` from a passage to a question in `language`; None where they are in the same."""
    quoted_in = written_in(passage, quoted)
    if alike(quoted_in, language):
        return None
    name = "in_swedish" if quoted_in == "sv" else "other_language"
    return Foreword(name, notice(name, language), quoted_in)
