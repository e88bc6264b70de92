"""How long an answer keeps its place, measured while the service runs."""

from __future__ import annotations

from typing import Final

# Before the first answer has ended.
_GUESS_S: Final = 5.0
# The newest answer's part of the mean: of the last twenty, the mean says most.
_NEWEST: Final = 0.05


class Pace:
    """A moving mean of seconds an answer."""

    def __init__(self) -> None:
        self._measured = 0
        self._mean_s = 0.0

    @property
    def measured_s(self) -> float:
        """The mean; 0 before anything was measured."""
        return self._mean_s

    @property
    def answer_s(self) -> float:
        """The mean, or a guess before anything was measured."""
        return self._mean_s if self._measured else _GUESS_S

    def took(self, seconds: float) -> None:
        """An answer kept its place for so long."""
        self._measured += 1
        # The first twenty weigh the same, so that the very first says not too much.
        self._mean_s += (seconds - self._mean_s) * max(_NEWEST, 1 / self._measured)
