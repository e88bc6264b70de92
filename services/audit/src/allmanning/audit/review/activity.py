"""How long a reviewer has worked on a review, from the heartbeats of the face in front of them.

It is counted in memory: a heartbeat is no event that an undeletable log should carry. What was not counted is unknown,
never zero.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

# The face sends one every 15 s while somebody types, scrolls or moves the pointer.
LONGEST_GAP_S: Final = 30.0
LONGEST_S: Final = 4 * 3_600.0
# Reviews that nobody closed: the oldest are forgotten.
MOST_KNOWN: Final = 10_000


@dataclass
class _Work:
    last: float
    seconds: float = 0.0


class Activity:
    """Active time by claim."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, _Work] = OrderedDict()

    def beat(self, claim: str, at_s: float) -> None:
        """Somebody works on it at `at_s` (a monotonic clock). A longer silence than 30 s counts as a break."""
        work = self._known.get(claim)
        if work is None:
            self._known[claim] = _Work(at_s)
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
            return
        gap = at_s - work.last
        work.last = max(work.last, at_s)
        if 0 < gap <= LONGEST_GAP_S:
            work.seconds = min(work.seconds + gap, LONGEST_S)

    def seconds(self, claim: str) -> int | None:
        """Whole seconds of work; None when nothing is known."""
        work = self._known.get(claim)
        return int(work.seconds) if work else None

    def forget(self, claim: str) -> None:
        self._known.pop(claim, None)
