"""Rank what may be said by how well it answers the question, without a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.generate.extract.asked import Asked
from allmanning.generate.extract.candidates import Candidate
from allmanning.generate.extract.measures import NAMES, Measured, measured
from allmanning.generate.extract.weights import Linear, weights

# A sentence without the wanted figure comes after all that have one, one about a particular case after the rule.
LACKING, PARTICULAR = 10.0, 1.0


@dataclass(frozen=True)
class Ranked:
    """A candidate and how it measures up."""

    candidate: Candidate
    score: float
    """Weighted sum of z-scores over this question's candidates."""
    share: float
    """Softmax of `score`, 0..1: its share of the belief that it is the answer."""


@dataclass(frozen=True)
class Ranking:
    """A question's candidates, best first, with their measures in the same order."""

    ranked: Sequence[Ranked]
    measured: Measured


def rank(question: Asked, found: Sequence[Candidate], passages: Sequence[ScoredPassage]) -> Ranking | None:
    """The candidates `found` in `passages`, best first; None without any. Ties keep the order of the passages."""
    if not found:
        return None
    told = measured(question, found, passages)
    scores = scored(told, weights(encoded=told.encoded).ranking)
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    order = np.argsort(-scores, kind="stable")
    ranked = [Ranked(found[place], float(scores[place]), float(shares[place])) for place in order]
    return Ranking(ranked, told.ordered(order))


def scored(told: Measured, model: Linear) -> NDArray[np.float64]:
    """(candidates,): by this model."""
    z = standard(told.rows)
    total = sum(weight * z[:, NAMES.index(name)] for name, weight in model.weights.items())
    return total - PARTICULAR * told.particular - LACKING * told.lacking


def standard(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each column with mean 0 and deviation 1; 0 where all are the same."""
    spread = rows.std(axis=0)
    flat = spread < 1e-9
    standardised: NDArray[np.float64] = np.where(flat, 0.0, (rows - rows.mean(axis=0)) / np.where(flat, 1.0, spread))
    return standardised
