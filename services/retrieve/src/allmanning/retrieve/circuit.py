"""What did not answer in time is not waited for again just yet."""

from __future__ import annotations

import time
from typing import Final

OPEN_S: Final = 3.0


class Circuit:
    """Open for some seconds after a call that timed out while no other one was answered; then one call may try.

    What fails at once is no matter for it: nobody has waited.
    """

    def __init__(self, open_s: float = OPEN_S) -> None:
        self._open_s = open_s
        self._try_at = 0.0
        self._answered_at = 0.0

    def enter(self) -> float:
        """When this call began, for `timed_out`; 0 when it should not be made."""
        now = time.monotonic()
        if self._try_at:
            if now < self._try_at:
                return 0.0
            # The others go on without while this call tries.
            self._try_at = now + self._open_s
        return now

    def answered(self) -> None:
        """Also by an error: nobody waits for those."""
        self._try_at = 0.0
        self._answered_at = time.monotonic()

    def timed_out(self, began: float) -> None:
        if self._answered_at < began:
            self._try_at = time.monotonic() + self._open_s
