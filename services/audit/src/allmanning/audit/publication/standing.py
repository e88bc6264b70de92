"""How a witness stands to a log, as far as the log knows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from allmanning.audit.log.note import Signature

# A witness that is away is asked again after this, and then twice as long, up to a minute.
_FIRST_WAIT_S: Final = 1.0
_LONGEST_WAIT_S: Final = 60.0


class Problem(StrEnum):
    """Why a witness has not cosigned."""

    NONE = ""
    UNREACHABLE = "unreachable"
    """No answer, or one that is not of the protocol."""
    REFUSED = "refused"
    """It does not know the log or its key: whoever runs it must add them."""
    CONFLICT = "conflict"
    """It has seen another history of the log than ours."""
    NO_ADDRESS = "no_address"
    """The policy does not say where it is."""


@dataclass
class Standing:
    """One witness and one log. `size` is what it has cosigned; `since` is in POSIX seconds."""

    witness: str
    size: int = 0
    signature: Signature | None = None
    problem: Problem = Problem.NONE
    since: float = 0.0
    told: bool = False
    _failures: int = 0
    _retry_at: float = 0.0

    def due(self, size: int, now: float) -> bool:
        """Whether it should be asked to cosign that size; `now` is a monotonic time in seconds."""
        return (self.size != size or self.signature is None) and now >= self._retry_at

    def cosigned(self, size: int, signature: Signature) -> None:
        self.size, self.signature = size, signature
        self.problem, self.since, self.told = Problem.NONE, 0.0, False
        self._failures, self._retry_at = 0, 0.0

    def failed(self, problem: Problem, now: float, at: float) -> bool:
        """Note a problem; returns whether it is a new one."""
        new = self.problem is not problem
        if new:
            self.problem, self.since, self.told, self._failures = problem, at, False, 0
        self._failures += 1
        self._retry_at = now + min(_FIRST_WAIT_S * 2 ** min(self._failures - 1, 10), _LONGEST_WAIT_S)
        return new
