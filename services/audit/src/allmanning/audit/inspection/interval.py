"""The exact confidence interval of an error rate (Clopper and Pearson 1934)."""

from __future__ import annotations

import math
from collections.abc import Callable

_HALVINGS = 60


def _at_most(errors: int, judged: int, rate: float) -> float:
    """P(X <= errors) for X ~ Binomial(judged, rate), summed in logarithms so that nothing underflows too early."""
    if rate <= 0:
        return 1.0
    if rate >= 1:
        return 1.0 if errors >= judged else 0.0
    logs = (
        math.lgamma(judged + 1) - math.lgamma(k + 1) - math.lgamma(judged - k + 1)
        + k * math.log(rate) + (judged - k) * math.log1p(-rate)
        for k in range(errors + 1)
    )  # fmt: skip
    return min(1.0, math.fsum(math.exp(each) for each in logs))


def _where(falls_to: float, value: Callable[[float], float]) -> float:
    """Where a falling function of a rate passes a value."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if value(middle) > falls_to else (low, middle)
    return (low + high) / 2


def exact_interval(errors: int, judged: int, confidence: float = 0.95) -> tuple[float, float]:
    """The rates, low and high, that `errors` among `judged` leaves possible; (0, 1) when nothing was judged.

    Raises:
        ValueError: for more errors than judged, or a confidence outside (0, 1).
    """
    if not 0 <= errors <= judged or not 0 < confidence < 1:
        raise ValueError("errors, judged or confidence out of range")
    if judged == 0:
        return 0.0, 1.0
    tail = (1 - confidence) / 2
    low = 0.0 if errors == 0 else _where(1 - tail, lambda rate: _at_most(errors - 1, judged, rate))
    high = 1.0 if errors == judged else _where(tail, lambda rate: _at_most(errors, judged, rate))
    return low, high
