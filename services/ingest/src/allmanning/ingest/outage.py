"""Whether a part that every document needs is away, or a document itself is the cause of what fails."""

from __future__ import annotations

import time
from typing import Final

from allmanning.runtime.errors import Busy, TimedOut, Unavailable

# What says that a part is away, and nothing of the document.
AWAY: Final = (Unavailable, TimedOut, Busy)
FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 30.0


class Outage:
    """While there is one, documents are tried one at a time, with growing pauses, until one succeeds."""

    def __init__(self) -> None:
        self._wait_s = 0.0
        self._until = 0.0
        self._successes = 0
        # Document id -> how many had succeeded when it last failed.
        self._failed_at: dict[str, int] = {}

    @property
    def lasts(self) -> bool:
        """Nothing has succeeded since a document found a part away."""
        return self._wait_s > 0

    @property
    def wait_s(self) -> float:
        """Seconds until the next document is to be tried."""
        return max(0.0, self._until - time.monotonic())

    def succeeded(self, document_id: str) -> None:
        self._successes += 1
        self._wait_s = self._until = 0.0
        self._failed_at.pop(document_id, None)

    def found(self, document_id: str) -> bool:
        """Note that a document found a part away; False when others found it there since this one last did so.

        Such a document itself brings the part down, or is too much for it, and must not be tried for ever.
        """
        before = self._failed_at.get(document_id, self._successes)
        self._failed_at[document_id] = self._successes
        if before < self._successes:
            return False
        if not self.wait_s:
            # Several documents that fail at once are one sign.
            self._wait_s = min(self._wait_s * 2 or FIRST_WAIT_S, LONGEST_WAIT_S)
            self._until = time.monotonic() + self._wait_s
        return True
