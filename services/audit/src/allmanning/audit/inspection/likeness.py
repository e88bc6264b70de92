"""Near-identical questions with different outcomes: like cases that were not treated alike (RF 1 kap. 9 §).

Questions are compared by the platform's embedder, which knows that other words can ask the same, or where it does not
answer by the character trigrams of their words, which does not. Of one comparison all is measured in the same way.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from allmanning.index.embed.protocol import Vectors

_WORD: Final = re.compile(r"\w+")
_GRAM: Final = 3
_ROWS: Final = 512
# Of the demo authority's 60 questions no two come above 0.92, and Swedish rewordings of one question lie at 0.91-0.99.
LEAST_BY_EMBEDDING: Final = 0.94
LEAST_BY_TRIGRAMS: Final = 0.8


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


def pairs(asked: Sequence[Asked], least: float = LEAST_BY_TRIGRAMS, vectors: Vectors | None = None) -> list[Pair]:
    """Every pair at least so alike whose outcomes differ, most alike first.

    `vectors`: of unit length, a row a question; without them by trigrams. Work grows with the square of the number: a
    second for 5,000 vectors, some seconds for 2,000 questions by trigrams.
    """
    by_words = _sharing([grams(each.question) for each in asked], least) if vectors is None else ()
    found = [
        Pair(asked[first], asked[second], round(min(likeness, 1.0), 4))
        for first, second, likeness in (by_words if vectors is None else _near(vectors, least))
        if asked[first].outcome != asked[second].outcome
    ]
    return sorted(found, key=lambda each: (-each.likeness, each.first.decision))


def _near(vectors: Vectors, least: float) -> Iterator[tuple[int, int, float]]:
    for start in range(0, len(vectors), _ROWS):
        dots = vectors[start : start + _ROWS] @ vectors[: start + _ROWS].T
        for row, first in zip(*np.nonzero(dots >= least), strict=True):
            if first < start + row:
                yield int(first), int(start + row), float(dots[row, first])


def _sharing(vectors: Sequence[Mapping[str, float]], least: float) -> Iterator[tuple[int, int, float]]:
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for second, vector in enumerate(vectors):
        dots: defaultdict[int, float] = defaultdict(float)
        for gram, weight in vector.items():
            for first in holders[gram]:
                dots[first] += weight * vectors[first][gram]
            holders[gram].append(second)
        yield from ((first, second, dot) for first, dot in dots.items() if dot >= least)
