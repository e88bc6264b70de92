"""Which replicas a request was put to, for the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.runtime.record import Json

# Another replica began first.
SLOWER: Final = "slower"
# The asker left.
CANCELLED: Final = "cancelled"


@dataclass
class Attempt:
    """One replica that was asked; `left`: why its answer was not taken, an error's code, `slower` or `cancelled`."""

    replica: int
    left: str = ""

    def as_json(self) -> dict[str, Json]:
        return {"replica": self.replica, **({"left": self.left} if self.left else {})}


class AttemptsFailed(Exception):
    """No replica gave a whole answer. Its cause is the last replica's error."""

    def __init__(self, attempts: Sequence[Attempt]) -> None:
        super().__init__(", ".join(each.left for each in attempts))
        self.attempts = tuple(attempts)


def attempts_of(error: BaseException | None) -> list[dict[str, Json]]:
    """The attempts that lie behind an error; none when it never came so far."""
    while error is not None:
        if isinstance(error, AttemptsFailed):
            return [each.as_json() for each in error.attempts]
        error = error.__cause__
    return []
