"""BM25 on Swedish stems, as a textbook has it: what anybody gets who turns on Swedish in a search engine."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import Stemmer
from numpy.typing import NDArray

K1, B = 1.2, 0.75
_WORD = re.compile(r"\w+")
_stemmer = Stemmer.Stemmer("swedish")


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    return str(_stemmer.stemWord(word))


def terms(text: str) -> list[str]:
    return [_stem(word) for word in _WORD.findall(text.lower())]


class Bm25:
    """Robertson & Zaragoza 2009, with the IDF of Lucene, which is never negative."""

    def __init__(self, texts: Sequence[str]) -> None:
        counted = [Counter(terms(text)) for text in texts]
        self._average = sum(counts.total() for counts in counted) / len(texts)
        self._texts = len(texts)
        self.numbers: dict[str, int] = {}
        rows: dict[str, list[tuple[int, float]]] = {}
        for row, counts in enumerate(counted):
            for term, weight in self._saturated(counts).items():
                rows.setdefault(term, []).append((row, weight))
        for term in rows:
            self.numbers[term] = len(self.numbers)
        self._postings = {
            term: (np.array([row for row, _ in found]), np.array([weight for _, weight in found]))
            for term, found in rows.items()
        }

    def scores(self, question: str) -> NDArray[np.float64]:
        """(texts,); 0 where no word is shared."""
        scores = np.zeros(self._texts)
        for term in terms(question):
            if term in self._postings:
                rows, weights = self._postings[term]
                scores[rows] += self._idf(len(rows)) * weights
        return scores

    def weights(self, text: str) -> dict[int, float]:
        """Saturated term frequencies of a text by term number, for an engine that knows the IDF itself."""
        return {self.numbers[term]: weight for term, weight in self._saturated(Counter(terms(text))).items()}

    def _saturated(self, counts: Counter[str]) -> dict[str, float]:
        length = K1 * (1 - B + B * counts.total() / self._average)
        return {term: count * (K1 + 1) / (count + length) for term, count in counts.items()}

    def _idf(self, holding: int) -> float:
        return math.log(1 + (self._texts - holding + 0.5) / (holding + 0.5))
