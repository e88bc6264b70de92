"""A question's turn: waited for, had, and given back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from allmanning.generate.admission.queue import Flow
from allmanning.runtime.errors import PlatformError


@dataclass(frozen=True)
class Place:
    """Where a waiting question stands."""

    position: int
    """1: next in turn."""
    expected_wait_s: float


class Ticket:
    """Made by `Admission.enter`; `leave` is called in any case, once the answer has ended or is no longer wanted."""

    def __init__(
        self,
        number: int,
        flow: Flow,
        *,
        leave: Callable[[Ticket], None],
        too_late: Callable[[Ticket], PlatformError],
        max_wait_s: float,
    ) -> None:
        self.number = number
        self.flow = flow
        self.charged = 0.0
        """What its turn was expected to cost, in seconds of a place; set when the turn has come."""
        self.granted_at: float | None = None
        self._leave = leave
        self._too_late = too_late
        self._max_wait_s = max_wait_s
        self._entered_at = time.monotonic()
        self._news = asyncio.Event()
        self._place: Place | None = None
        self._left = False

    @property
    def told(self) -> bool:
        """Whether it has been told where it stands."""
        return self._place is not None

    @property
    def waited_ms(self) -> int:
        """How long it waited for its turn, or has waited so far."""
        return round(((self.granted_at or time.monotonic()) - self._entered_at) * 1000)

    async def turn(self) -> AsyncIterator[Place]:
        """Ends when the turn has come; until then, where the question stands, when that is known and has changed.

        Raises:
            Busy: `queue.too_long`, when the longest time to wait has passed.
        """
        told: Place | None = None
        until = asyncio.get_running_loop().time() + self._max_wait_s
        while self.granted_at is None:
            try:
                async with asyncio.timeout_at(until):
                    await self._news.wait()
            except TimeoutError:
                if self.granted_at is not None:
                    return
                raise self._too_late(self) from None
            self._news.clear()
            if self.granted_at is None and self._place is not None and self._place != told:
                told = self._place
                yield told

    def grant(self, charged: float) -> None:
        """The turn has come."""
        self.charged = charged
        self.granted_at = time.monotonic()
        self._news.set()

    def stands(self, place: Place) -> None:
        """It still waits, here."""
        self._place = place
        self._news.set()

    def leave(self) -> None:
        """Give the place back, or the wish for one. Safe to call again."""
        if not self._left:
            self._left = True
            self._leave(self)
