"""Near-identical questions with different outcomes: like cases that were not treated alike (RF 1 kap. 9 §)."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
_GRAM = 3


@dataclass(frozen=True)
class Asked:
    """A question and what became of it."""

    decision: str
    question: str
    outcome: str
    unit: str = ""
    language: str = ""
    rule: str = ""
    time: str = ""


@dataclass(frozen=True)
class Pair:
    """Two questions, how alike they are (0..1), and in what they were treated otherwise."""

    first: Asked
    second: Asked
    likeness: float

    @property
    def differs(self) -> list[str]:
        names = ("outcome", "unit", "language", "rule")
        return [name for name in names if getattr(self.first, name) != getattr(self.second, name)]


def grams(question: str) -> Mapping[str, float]:
    """Weighted character trigrams of the words in order, of unit length: the same words give the same grams."""
    words = " ".join(_WORD.findall(question.casefold()))
    counted = Counter(f" {words} "[at : at + _GRAM] for at in range(len(words)))
    length = math.sqrt(sum(each * each for each in counted.values()))
    return {gram: each / length for gram, each in counted.items()} if length else {}


def pairs(asked: Sequence[Asked], least: float = 0.8) -> list[Pair]:
    """Every pair at least so alike whose outcomes differ, most alike first.

    Work grows with how many questions share trigrams: some seconds for 2,000 questions.
    """
    vectors = [grams(each.question) for each in asked]
    found = [
        Pair(asked[first], asked[second], round(likeness, 4))
        for first, second, likeness in _alike(vectors, least)
        if asked[first].outcome != asked[second].outcome
    ]
    return sorted(found, key=lambda each: (-each.likeness, each.first.decision))


def _alike(vectors: Sequence[Mapping[str, float]], least: float) -> Iterator[tuple[int, int, float]]:
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for second, vector in enumerate(vectors):
        dots: defaultdict[int, float] = defaultdict(float)
        for gram, weight in vector.items():
            for first in holders[gram]:
                dots[first] += weight * vectors[first][gram]
            holders[gram].append(second)
        yield from ((first, second, dot) for first, dot in dots.items() if dot >= least)
