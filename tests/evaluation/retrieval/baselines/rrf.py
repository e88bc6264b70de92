"""Reciprocal rank fusion: Cormack, Clarke & Büttcher, SIGIR 2009."""

from __future__ import annotations

from collections.abc import Sequence

K = 60


def fused(*rankings: Sequence[int]) -> list[int]:
    """One ranking of several, best first."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, each in enumerate(ranking, 1):
            scores[each] = scores.get(each, 0.0) + 1 / (K + rank)
    return sorted(scores, key=lambda each: (-scores[each], each))
