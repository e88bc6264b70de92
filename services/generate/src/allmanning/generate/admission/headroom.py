"""How many answers this process can attend to, whatever the model servers could word."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

# With fewer, a process that waits for others would do nothing.
_LEAST: Final = 8
_EVERY_S: Final = 0.5
# Of its time, how much the event loop works or waits for a processor. Above the first, answers only wait for each
# other; below the second there is room for more.
_FULL: Final = 0.92
_ROOM: Final = 0.75
_FEWER: Final = 0.85
_MORE: Final = 1.15


class Headroom:
    """A limit that falls while the event loop is busy all the time, and rises again when it is not.

    A hundred streams that share one busy loop end no sooner than twenty that take turns, and whoever comes next waits
    behind all of their words. So places follow what the loop can do, as TCP follows what a line can carry (additive and
    multiplicative in the manner of Chiu and Jain, 1989).
    """

    def __init__(self, wanted: Callable[[], int], busy: Callable[[], float] | None = None) -> None:
        """`wanted`: places of whoever words the answers. `busy`: see `Busy`; by default that of this thread."""
        self._wanted = wanted
        self._busy = busy or Busy()
        self._limit: float = 0.0

    def places(self) -> int:
        """As many as are wanted, or as the loop can attend to."""
        wanted = self._wanted()
        return min(wanted, int(self._limit)) if self._limit else wanted

    def look(self, taken: int) -> None:
        """Follow what the loop did since the last look, with so many answers under way."""
        busy, wanted = self._busy(), self._wanted()
        now = min(self._limit or wanted, wanted)
        if busy > _FULL and taken > _LEAST:
            self._limit = max(_LEAST, min(now, taken) * _FEWER)
        elif busy < _ROOM and self._limit:
            self._limit = now * _MORE if now * _MORE < wanted else 0.0

    async def follow(self, taken: Callable[[], int]) -> None:
        """Look twice a second, for as long as the service runs."""
        while True:
            await asyncio.sleep(_EVERY_S)
            self.look(taken())


class Busy:
    """The part of the time since last asked, 0..1, that the thread which made this worked or waited for a processor.

    From Linux' scheduler statistics; elsewhere processor time alone, which says less on a machine that others use too.
    """

    def __init__(self) -> None:
        self._path = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._before = self._used_s(), time.monotonic()

    def __call__(self) -> float:
        used, now = self._used_s(), time.monotonic()
        before, then = self._before
        self._before = used, now
        return min(1.0, (used - before) / max(now - then, 1e-6))

    def _used_s(self) -> float:
        try:
            ran, waited, _ = self._path.read_text(encoding="ascii").split()
        except (OSError, ValueError):
            return time.thread_time()
        return (int(ran) + int(waited)) / 1e9
