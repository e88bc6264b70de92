"""The figures that ranking and confidence go by, as `weights.yaml` gives them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

WEIGHTS: Final = files("allmanning.generate").joinpath("extract", "weights.yaml").read_bytes()
"""The file as it was read, to be pinned by its hash."""


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Linear(_Frozen):
    """A weighted sum; what has no weight counts nothing."""

    intercept: float = 0.0
    weights: Mapping[str, float]

    def of(self, values: Mapping[str, float]) -> float:
        return self.intercept + sum(weight * values[name] for name, weight in self.weights.items())


class Weights(_Frozen):
    """One way of weighing: with what the encoder tells, or by words alone."""

    ranking: Linear
    """Of z-scores over a question's candidates, see `measures.NAMES`; the sum is the logarithm of a likelihood."""
    confidence: Linear
    """Of `abstain.signals`; the sum is a logit."""
    least_confidence: float
    """Answered from here on, 0..1."""


class _File(_Frozen):
    version: int
    encoded: Weights
    by_words: Weights


def weights(*, encoded: bool) -> Weights:
    """Those for a search with or without the encoder's word on its sentences."""
    return _file().encoded if encoded else _file().by_words


@cache
def _file() -> _File:
    return _File.model_validate(yaml.safe_load(WEIGHTS))
