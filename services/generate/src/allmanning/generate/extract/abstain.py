"""Is the best sentence an answer at all? A calibrated guess from some 30 signals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.generate.extract.asked import Asked
from allmanning.generate.extract.measures import NAMES
from allmanning.generate.extract.questions import FIGURES, Asks
from allmanning.generate.extract.ranking import Ranking
from allmanning.generate.extract.weights import weights

# An e5 passage that shares nothing with the question: where only words were matched, no more is known.
_UNRELATED = 0.8
_FIRST = 3
_FIFTH = 4
_OF_BEST = (
    "coverage", "own_coverage", "heading_coverage", "grams", "framed_grams", "frame", "likeness", "framed_likeness",
    "passage", "answer_type", "relation", "length", "new_terms",
)  # fmt: skip
_OF_ALL = ("coverage", "own_coverage", "grams", "framed_grams", "likeness", "framed_likeness")


def signals(question: Asked, ranking: Ranking, passages: Sequence[ScoredPassage]) -> Mapping[str, float]:
    """What the guess goes by, by name: of the best sentence, of the best three, of all, and of the passages."""
    told = ranking.measured
    column = {name: told.rows[:, place] for place, name in enumerate(NAMES)}
    dense = np.maximum(np.sort([each.dense for each in passages])[::-1], _UNRELATED)
    scores = np.array([each.score for each in passages])
    return {
        **{f"best_{name}": float(column[name][0]) for name in _OF_BEST},
        **{f"most_{name}": float(column[name].max()) for name in _OF_ALL},
        **{f"first_{name}": float(column[name][:_FIRST].mean()) for name in _OF_ALL},
        **{f"ahead_{name}": _ahead(column[name]) for name in ("coverage", "framed_likeness")},
        "middle_framed_likeness": float(np.median(column["framed_likeness"])),
        "likest": float(column["framed_likeness"].argmax() == 0),
        "held": float(told.held[0]),
        "most_held": float(told.held.max()),
        "terms": math.log1p(len(question.terms)),
        "share": ranking.ranked[0].share,
        "dense": float(dense[0]),
        "first_dense": float(dense[:_FIRST].mean()),
        "score": float(scores.max()),
        "mean_score": float(scores.mean()),
        "figure": float(question.kind in FIGURES),
        "definition": float(question.kind is Asks.DEFINITION),
    }


def confidence(question: Asked, ranking: Ranking | None, passages: Sequence[ScoredPassage]) -> float:
    """0..1: how likely it is that the passages hold an answer."""
    # Where not even the best has the amount, number or duration that is asked for, nothing does.
    if ranking is None or not question.terms or ranking.measured.lacking[0]:
        return 0.0
    model = weights(encoded=ranking.measured.encoded).confidence
    return 1 / (1 + math.exp(-model.of(signals(question, ranking, passages))))


def _ahead(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """By how much the best is ahead of the fifth."""
    ordered = np.sort(values)[::-1]
    return float(ordered[0] - ordered[min(_FIFTH, len(ordered) - 1)])
