"""A circuit breaker (Nygard, *Release It!*, 2007): who fails again and again is left alone for a while."""

from __future__ import annotations

from typing import Final

_FAILURES: Final = 3
_FIRST_REST_S: Final = 2.0
_LONGEST_REST_S: Final = 60.0
# A server may ask for more rest than anybody wants to wait for.
_LONGEST_ASKED_S: Final = 300.0


class Breaker:
    """Whether a replica may be asked at a time, in seconds of any steady clock.

    Three failures in a row open it, for 2 s and then twice as long each time, 60 s at most. After that a single trial
    decides: success closes it, failure opens it again.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._opened = 0
        self._until = 0.0
        self._trying = False

    @property
    def closed(self) -> bool:
        """Nothing is known against the replica."""
        return self._failures < _FAILURES

    def wait_s(self, now: float) -> float:
        """How long until it may be asked; 0: now. A trial under way counts as the shortest rest."""
        if self._until > now:
            return self._until - now
        return _FIRST_REST_S if self._trying and not self.closed else 0.0

    def ask(self) -> None:
        """It is asked; while it is on trial nobody else may."""
        self._trying = not self.closed

    def succeeded(self) -> None:
        self._failures = self._opened = 0
        self._until = 0.0
        self._trying = False

    def failed(self, now: float) -> None:
        self._failures += 1
        self._trying = False
        # Requests that were under way together fail together: that is one failure of the server's, not many.
        if not self.closed and self._until <= now:
            rest = min(_FIRST_REST_S * 2**self._opened, _LONGEST_REST_S)
            self._opened = min(self._opened + 1, 16)
            self._until = now + rest

    def told_to_wait(self, now: float, seconds: float) -> None:
        """The server said when to come back (`Retry-After`); that is no failure."""
        self._trying = False
        self._until = max(self._until, now + min(max(seconds, 0.0), _LONGEST_ASKED_S))

    def left(self) -> None:
        """The request was given up before anything was known."""
        self._trying = False
