"""What whole passages hold of a question, and not only their best sentence."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allmanning.generate.extract.candidates import Candidate


@dataclass(frozen=True)
class Whole:
    """Shares of a question, 0..1. By rarity: what few of the passages have counts more (BM25)."""

    coverage: Mapping[int, float]
    """Of its terms by rarity, by the passage's 0-based place."""
    most_grams: float
    """Of its letter 4-grams, in the passage that has most."""
    rare_grams: float
    """The same by rarity."""
    every_gram: float
    """In all passages together."""


def whole(
    found: Sequence[Candidate],
    held: Sequence[Mapping[str, float]],
    met: Sequence[frozenset[str]],
    asked: frozenset[str],
) -> Whole:
    """Of candidates: how well each holds the terms, in its frame, and which of the 4-grams `asked` it has."""
    terms: dict[int, Counter[str]] = {each.passage: Counter() for each in found}
    grams: dict[int, frozenset[str]] = dict.fromkeys(terms, frozenset())
    for each, holds, has in zip(found, held, met, strict=True):
        terms[each.passage] |= Counter(holds)
        grams[each.passage] |= has
    count = len(terms)
    term_weights = {term: _rarity(count, sum(each[term] for each in terms.values())) for term in held[0]}
    gram_weights = {gram: _rarity(count, sum(gram in each for each in grams.values())) for gram in asked}
    total, gram_total = sum(term_weights.values()) or 1.0, sum(gram_weights.values()) or 1.0
    return Whole(
        coverage={
            place: sum(weight * holds[term] for term, weight in term_weights.items()) / total
            for place, holds in terms.items()
        },
        most_grams=max(len(each) for each in grams.values()) / max(1, len(asked)),
        rare_grams=max(sum(gram_weights[gram] for gram in each) for each in grams.values()) / gram_total,
        every_gram=len(frozenset[str]().union(*grams.values())) / max(1, len(asked)),
    )


def _rarity(count: int, having: float) -> float:
    return math.log(1 + (count - having + 0.5) / (having + 0.5))
