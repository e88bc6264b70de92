"""Whether this machine's clock can be believed when it says that a half-year is over.

A clock that has jumped forward would seal a log months early, and no record could join it any more. It is doubted when
it says that more time has passed than the log and the machine know of: since the newest record that was there when the
service started, and since then by the clock that only counts (with the time a machine sleeps).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

# Between two readings of both clocks, and for corrections by NTP.
_SLACK: Final = timedelta(minutes=10)


def counted_s() -> float:
    """Seconds that have passed on this machine, asleep or not."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Clock:
    """Made when the service starts, with the time of the log's newest record then; None before the first."""

    def __init__(
        self,
        newest: datetime | None,
        most_gap: timedelta,
        *,
        started: datetime | None = None,
        counted: Callable[[], float] = counted_s,
    ) -> None:
        self._started = started or datetime.now(UTC)
        self._counted = counted
        self._began_s = counted()
        gap = self._started - newest if newest else timedelta(0)
        self._gap = gap if gap > most_gap else timedelta(0)

    def doubt(self, now: datetime) -> str:
        """Why `now` is not believed, in Swedish; empty when it is."""
        if self._gap:
            return f"när tjänsten startade var loggens nyaste post {self._gap.days} dagar gammal"
        ahead = now - self._started - timedelta(seconds=self._counted() - self._began_s)
        return f"klockan har hoppat fram {ahead}" if ahead > _SLACK else ""
