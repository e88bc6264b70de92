"""Fit the two linear models of the extractive answerer: which sentence, and whether any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from allmanning.generate.extract.ranking import LACKING, PARTICULAR, standard
from tests.evaluation.generate.cases import Case

Array = NDArray[np.float64]
STEPS = 400
RATE = 0.05


def ranker(cases: Sequence[Case], prior: Mapping[int, float], weight: Sequence[float], ridge: float = 0.05) -> Array:
    """Weights of the standardised columns of `prior` under which the softmax gives answers the highest likelihood.

    By Adam, with a ridge towards `prior`. Only cases with an answer among their candidates tell anything. `weight` is
    what each case counts.
    """
    columns, towards = list(prior), np.array(list(prior.values()))
    told = [(case, counts) for case, counts in zip(cases, weight, strict=True) if case.answers.any()]
    rows = np.vstack([standard(case.measured.rows)[:, columns] for case, _ in told])
    offset = np.concatenate([_offset(case) for case, _ in told])
    answers = np.concatenate([case.answers for case, _ in told])
    sizes = np.array([len(case.answers) for case, _ in told])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    counts = np.repeat([count for _, count in told], sizes) / sum(count for _, count in told)
    found, first, second = towards.copy(), np.zeros(len(columns)), np.zeros(len(columns))
    for step in range(1, STEPS + 1):
        scores = rows @ found + offset
        likely = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        share = likely / np.repeat(np.add.reduceat(likely, starts), sizes)
        right = np.where(answers, likely, 0.0)
        wanted = right / np.repeat(np.add.reduceat(right, starts) + 1e-300, sizes)
        slope = rows.T @ (counts * (share - wanted)) + ridge * (found - towards)
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        found = found - RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return found


def _offset(case: Case) -> Array:
    """What is not fitted: rules that the judged sets have no cases of."""
    return -PARTICULAR * case.measured.particular - LACKING * case.measured.lacking


def logit(rows: Array, labels: Array, weights: Array, ridge: float = 0.01) -> tuple[float, Array]:
    """Intercept and weights of a logistic model of `rows` as they are, with a ridge on the standardised ones (Newton).

    `weights` is what each row counts.
    """
    middle, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    design = np.c_[np.ones(len(rows)), (rows - middle) / spread]
    penalty = ridge * np.eye(design.shape[1])
    penalty[0, 0] = 1e-9
    weights = weights / weights.sum()
    found = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ found))
        slope = design.T @ (design * (weights * chance * (1 - chance))[:, None]) + penalty
        found = found + np.linalg.solve(slope, design.T @ (weights * (labels - chance)) - penalty @ found)
    scaled: Array = found[1:] / spread
    return float(found[0] - scaled @ middle), scaled
