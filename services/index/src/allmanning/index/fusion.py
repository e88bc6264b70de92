"""Two rankings become one.

    score = cosine + WORDS * BM25 / most

`most` is what BM25 would give a passage that has all the question's words: the second term is the share of the question
that a passage's words cover. Both terms are absolute, so the words count for more the better they match: a question
that quotes a text is ranked by words, one in everyday language by meaning. Over four Swedish sets (swefaq, helsingborg
with and without headings, swequad-mc) this gives nDCG@10 .750, stretching each side's best to 0..1 first .743, and
reciprocal ranks less than either.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from statistics import median

# How many of each side take part: for a list to browse, and for the best alone. Four Swedish sets give the same nDCG@10
# with either.
DEPTH = 100
DEPTH_OF_BEST = 50
# Flat between .1 and .2.
WORDS = 0.15
# Part of the index version.
VERSION = f"cosine-{DEPTH_OF_BEST}-{WORDS}"


@dataclass(frozen=True)
class Fused:
    """A point with its fused score and the scores it came from."""

    point: str
    score: float
    dense: float
    sparse: float


def fuse(dense: Mapping[str, float], sparse: Mapping[str, float], most: float) -> list[Fused]:
    """The points of both sides, best first; equal scores in order of id, so that an answer can be repeated.

    Args:
        dense: Cosine similarities; empty for a search by words alone.
        sparse: BM25 scores; a point without one has no word of the question.
        most: The BM25 score of a passage that has all of the question; see `attainable`.
    """
    fused = [
        Fused(
            point,
            dense.get(point, 0.0) + WORDS * (sparse.get(point, 0.0) / most if most else 0.0),
            dense.get(point, 0.0),
            sparse.get(point, 0.0),
        )
        for point in dense.keys() | sparse.keys()
    ]
    return sorted(fused, key=lambda each: (-each.score, each.point))


def undecided(
    dense: Mapping[str, float], sparse: Mapping[str, float], most: float, places: int, depth: int
) -> tuple[list[str], list[str]]:
    """The points that might be among the first `places` and lack a score: their cosine, or their BM25.

    What a side did not find scores no higher there than the last that it found (Fagin, Lotem & Naor 2003), and nothing
    where the side found fewer than `depth`.
    """
    far = min(dense.values(), default=0.0) if dense else 0.0
    weight = WORDS / most if most else 0.0
    few = weight * min(sparse.values(), default=0.0) if len(sparse) >= depth else 0.0
    least = [score + weight * sparse.get(point, 0.0) for point, score in dense.items()]
    reached = nlargest(places, least)[-1] if len(least) >= places else -1.0
    return (
        [point for point, score in sparse.items() if dense and point not in dense and far + weight * score >= reached],
        [point for point, score in dense.items() if few and point not in sparse and score + few >= reached],
    )


def attainable(question: Mapping[int, float], best: Sequence[tuple[float, Collection[int]]]) -> float:
    """What BM25 would give a passage that has all of the question; 0 when nothing matched.

    The engine keeps its inverse document frequencies to itself; the passages it found best tell: each has a score and
    some of the terms. The median of what they say is within a third of the true figure for nine questions in ten.

    Args:
        question: Weight of each term.
        best: BM25 score and terms of the passages that the words found best.
    """
    asked = sum(question.values())
    told = []
    for score, terms in best:
        held = sum(weight for term, weight in question.items() if term in terms)
        if held and score > 0:
            told.append(score * asked / held)
    return median(told) if told else 0.0
