"""A small network of one layer: how likely it is that there is an answer, from signals that only tell together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

Array = NDArray[np.float64]


# In deviations. Of a signal farther out than what was seen when the network was fitted, nothing more is known.
_FARTHEST = 3.0


def within(rows: Array, middle: Array, spread: Array) -> Array:
    """(rows, signals), standardised, none farther out than was seen."""
    standard: Array = np.clip((rows - middle) / spread, -_FARTHEST, _FARTHEST)
    return standard


class Network(BaseModel):
    """Signals are centred and scaled, met by hyperbolic tangent units, and summed up to a logit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: Sequence[str]
    """Of the signals, in the order of the columns."""
    middle: Sequence[float]
    spread: Sequence[float]
    units: Sequence[Sequence[float]]
    """Of each unit: its bias, what it counts, and the weight of each signal."""
    intercept: float

    def of(self, values: Mapping[str, float]) -> float:
        """The logit."""
        return float(self.of_rows(np.array([[values[name] for name in self.names]]))[0])

    def of_rows(self, rows: Array) -> Array:
        """(rows,): the logits of (rows, signals)."""
        bias, counts, weights = self._layer
        standard = within(rows, np.array(self.middle), np.array(self.spread))
        summed: Array = np.tanh(standard @ weights + bias) @ counts + self.intercept
        return summed

    @cached_property
    def _layer(self) -> tuple[Array, Array, Array]:
        units = np.array(self.units)
        return units[:, 0], units[:, 1], units[:, 2:].T
