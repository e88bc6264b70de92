"""How long a replica takes to its first words."""

from __future__ import annotations

from collections import deque
from typing import Final

_NEWEST: Final = 100
_FEWEST: Final = 10
_SHARE: Final = 0.95


class Lateness:
    """The newest hundred times, in seconds."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=_NEWEST)

    def took(self, seconds: float) -> None:
        self._times.append(seconds)

    @property
    def p95(self) -> float | None:
        """What 95 % of them stay within; None with fewer than ten."""
        if len(self._times) < _FEWEST:
            return None
        ordered = sorted(self._times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * _SHARE))]
