"""Is the best sentence an answer at all? A calibrated guess from how well it covers the question."""

from __future__ import annotations

import math
from collections.abc import Sequence

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.generate.extract.ranking import Asked, Ranked

# Logistic model over: share of the question's terms in the best sentence and its frame, share of its 4-grams there,
# logarithm of the number of terms, best cosine similarity of a passage, share of the best among all candidates.
# Fitted on the first halves of swequad-mc and swefaq: questions with their page, the same without it, and questions put
# to the other set's pages (`tests/evaluation/generate/abstention.py` prints the figures).
INTERCEPT = -30.68
WEIGHTS = (1.03, 2.29, 0.3, 30.68, 1.62)
LEAST_CONFIDENCE = 0.4
# An e5 passage that shares nothing with the question: where only words were matched, no more is known.
_UNRELATED = 0.8


def features(question: Asked, ranked: Sequence[Ranked], passages: Sequence[ScoredPassage]) -> Sequence[float]:
    """What the model looks at, in the order of `WEIGHTS`."""
    best = ranked[0]
    closest = max((each.dense for each in passages), default=0.0)
    return best.held, best.grams, math.log1p(len(question.terms)), max(closest, _UNRELATED), best.share


def confidence(question: Asked, ranked: Sequence[Ranked], passages: Sequence[ScoredPassage]) -> float:
    """0..1: how likely it is that the passages hold an answer."""
    # Where not even the best has the amount, number or duration that is asked for, nothing does.
    if not ranked or not question.terms or ranked[0].lacking:
        return 0.0
    values = features(question, ranked, passages)
    return 1 / (1 + math.exp(-INTERCEPT - sum(w * v for w, v in zip(WEIGHTS, values, strict=True))))
