"""The figures that ranking and confidence go by: `weights.yaml`, and the network of `confidence.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from allmanning.generate.extract.network import Network

_FOLDER: Final = files("allmanning.generate").joinpath("extract")
_WEIGHTS: Final = _FOLDER.joinpath("weights.yaml").read_bytes()
_CONFIDENCE: Final = _FOLDER.joinpath("confidence.json").read_bytes()
WEIGHTS: Final = b"\n".join((_WEIGHTS, _CONFIDENCE))
"""The files as they were read, to be pinned by their hash."""


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
    confidence: Network | Linear
    """Of `abstain.signals`."""
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
    written, networks = yaml.safe_load(_WEIGHTS), json.loads(_CONFIDENCE)
    for name, network in networks.items():
        written[name]["confidence"] = network
    return _File.model_validate(written)
