"""The usual figures of ranked retrieval, as trec_eval defines them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

CUT = 10


@dataclass(frozen=True, slots=True)
class RetrievalFigures:
    """Means over the questions that have a relevant entry; 0..1 but for the first and the last."""

    queries: int
    hit_1: float
    hit_5: float
    recall_10: float
    mrr_10: float
    ndcg_10: float
    ms_per_query: float
    """The whole search, embedding included, one question at a time."""

    def as_dict(self) -> dict[str, int | float]:
        return {
            "queries": self.queries,
            "hit@1": round(self.hit_1, 4),
            "hit@5": round(self.hit_5, 4),
            "recall@10": round(self.recall_10, 4),
            "mrr@10": round(self.mrr_10, 4),
            "ndcg@10": round(self.ndcg_10, 4),
            "ms_per_query": round(self.ms_per_query, 2),
        }


def figures_of(
    rankings: Mapping[str, Sequence[str]], grades: Mapping[str, Mapping[str, int]], seconds: float
) -> RetrievalFigures:
    """`rankings` holds the found entries of each question, best first; `seconds` is what all of them took."""
    graded = [
        ([grades[query].get(found, 0) for found in ranking[:CUT]], grades[query]) for query, ranking in rankings.items()
    ]
    return RetrievalFigures(
        queries=len(graded),
        hit_1=fmean(any(row[:1]) for row, _ in graded),
        hit_5=fmean(any(row[:5]) for row, _ in graded),
        recall_10=fmean(sum(grade > 0 for grade in row) / len(relevant) for row, relevant in graded),
        mrr_10=fmean(next((1 / rank for rank, grade in enumerate(row, 1) if grade), 0.0) for row, _ in graded),
        ndcg_10=fmean(ndcg(ranking, grades[query]) for query, ranking in rankings.items()),
        ms_per_query=1000 * seconds / len(graded),
    )


def ndcg(ranking: Sequence[str], relevant: Mapping[str, int]) -> float:
    """nDCG@10 of one question; `relevant` holds the grade of each relevant entry."""
    ideal = _gain(sorted(relevant.values(), reverse=True)[:CUT])
    return _gain([relevant.get(found, 0) for found in ranking[:CUT]]) / ideal


def first_relevant(ranking: Sequence[str], relevant: Mapping[str, int]) -> int | None:
    """1-based place of the first relevant entry; None when none was found."""
    return next((place for place, found in enumerate(ranking, 1) if found in relevant), None)


def _gain(grades: Sequence[int]) -> float:
    """Discounted cumulative gain: the grade itself is the gain."""
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))
