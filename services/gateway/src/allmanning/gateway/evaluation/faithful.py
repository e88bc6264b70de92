"""Does each sentence of an answer stand in what it cites? Read off what was told, not off what the platform checked.

A sentence is faithful when it cites something, all its figures stand in what it cites, and so do most of its words.
What this does not see: swapped roles, paraphrased contradictions, a source that is cited and does not apply.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.gateway.evaluation.answered import Cited

LEAST_SHARE: Final = 0.75
"""Of a sentence's words that stand in what it cites: an inflected word or two may differ."""

_MARKS: Final = re.compile(r"((?:\s*\[\d{1,3}\])+)")
_NUMBER: Final = re.compile(r"\d{1,3}")
_TOKEN: Final = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+")
# Digits in groups: "9 800" and "9 800" with a space that does not break are one figure.
_GROUPED: Final = re.compile(r"(?<=\d)[\s\u00a0\u202f](?=\d{3}(?!\d))")


@dataclass(frozen=True)
class Said:
    """A sentence of an answer, or several that share their marks, and the numbers of what they cite."""

    text: str
    numbers: Sequence[int]


def sentences_of(answer: str) -> list[Said]:
    """The answer cut at its marks: “Det kostar 50 kronor. [1][2]” is one sentence with two numbers."""
    pieces = _MARKS.split(answer)
    marked = zip(pieces[::2], [*pieces[1::2], ""], strict=True)
    said = [Said(text.strip(), [int(each) for each in _NUMBER.findall(marks)]) for text, marks in marked]
    return [each for each in said if _TOKEN.search(each.text)]


def is_faithful(said: Said, cited: Mapping[int, Cited]) -> bool:
    quoted = [cited[number] for number in said.numbers if number in cited]
    if not quoted:
        return False
    carried = _tokens(" ".join(f"{each.around} {each.quote}" for each in quoted))
    tokens = _tokens(said.text)
    if any(token[0].isdigit() and token not in carried for token in tokens):
        return False
    return sum(token in carried for token in tokens) >= LEAST_SHARE * len(tokens)


def _tokens(text: str) -> set[str]:
    return set(_TOKEN.findall(_GROUPED.sub("", text).lower()))
