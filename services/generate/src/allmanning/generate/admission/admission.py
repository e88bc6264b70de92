"""Who may begin an answer now, who waits, and who is told to come back later."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from allmanning.generate.admission.pace import Pace
from allmanning.generate.admission.queue import FairQueue, Flow, Weights
from allmanning.generate.admission.ticket import Place, Ticket
from allmanning.runtime.errors import Busy

# A place in the queue is told soon after it was taken, and again when it has changed: every second, or as often as
# makes a hundred messages a second, since in a long queue all places change with every answer.
_FIRST_TOLD_S: Final = 0.1
_TOLD_EVERY_S: Final = 1.0
_TOLD_PER_S: Final = 100
_LONGEST_RETRY_S: Final = 3600.0


@dataclass(frozen=True)
class Limits:
    """Beyond these, a question is turned away at once."""

    waiting: int
    """Questions that wait, of all authorities."""
    waiting_of_one: int
    """Questions that wait, of one authority."""
    wait_s: float
    """How long a question may wait."""


class Admission:
    """Gives out the places of whoever words the answers.

    Nobody waits while a place is free, and a place that is given back goes to the next at once. `places` is read
    each time, since model servers come and go; with none at all a single question is let through, to learn why.
    """

    def __init__(self, weights: Weights, limits: Limits, places: Callable[[], int]) -> None:
        self.limits = limits
        self.pace = Pace()
        self._places = places
        self._queue = FairQueue(weights)
        self._waiting: dict[int, Ticket] = {}
        self._taken: Counter[str] = Counter()
        self._numbers = itertools.count()
        self._somebody_waits = asyncio.Event()

    @property
    def places(self) -> int:
        """Answers that may be under way at once."""
        return max(1, self._places())

    @property
    def taken(self) -> int:
        """Answers under way."""
        return self._taken.total()

    @property
    def waiting(self) -> int:
        """Questions that wait."""
        return len(self._waiting)

    def taken_by(self, authority: str) -> int:
        return self._taken[authority]

    def waiting_of(self, authority: str) -> int:
        return self._queue.waiting_of(authority)

    def enter(self, authority: str, channel: str) -> Ticket:
        """Ask for a place; the ticket may already have its turn.

        Raises:
            Busy: `queue.full`, or `queue.too_long` when the turn would come after the longest time to wait; with the
                time until what now waits before it has been answered, at the pace measured.
        """
        flow = Flow(authority, channel)
        if self.taken >= self.places or self.waiting:
            self._room_for(flow)
        ticket = Ticket(
            next(self._numbers), flow, leave=self._leave, too_late=self._too_late, max_wait_s=self.limits.wait_s
        )
        self._waiting[ticket.number] = ticket
        self._queue.put(ticket.number, flow)
        self._fill()
        if self._waiting:
            self._somebody_waits.set()
        return ticket

    async def tell_places(self) -> None:
        """Tell those who wait where they stand, for as long as the service runs."""
        all_told_at = float("-inf")
        while True:
            await self._somebody_waits.wait()
            while self._waiting:
                self._somebody_waits.clear()
                await asyncio.sleep(_FIRST_TOLD_S)
                # Also when no place was given back: there may be more of them now.
                self._fill()
                now = time.monotonic()
                everybody = now - all_told_at >= max(_TOLD_EVERY_S, self.waiting / _TOLD_PER_S)
                self._tell(everybody=everybody)
                all_told_at = now if everybody else all_told_at
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_TOLD_EVERY_S):
                        await self._somebody_waits.wait()
            self._somebody_waits.clear()

    def _tell(self, *, everybody: bool) -> None:
        """Tell those who have not been told before, or everybody."""
        each_s = self.pace.answer_s / self.places
        for position, number in enumerate(self._queue.order(self.pace.answer_s), 1):
            ticket = self._waiting[number]
            if everybody or not ticket.told:
                # In whole seconds: nobody can promise more.
                ticket.stands(Place(position, float(math.ceil(position * each_s))))

    def _room_for(self, flow: Flow) -> None:
        wait_s = self._expected_wait_s(flow)
        if self.waiting >= self.limits.waiting or self.waiting_of(flow.authority) >= self.limits.waiting_of_one:
            raise _busy("queue.full", wait_s)
        if wait_s > self.limits.wait_s:
            raise _busy("queue.too_long", wait_s)

    def _expected_wait_s(self, flow: Flow) -> float:
        """Until what waits before a new question of the flow has been answered, and one place more is free."""
        per_s = self.places / self.pace.answer_s
        return (self._queue.waiting_in(flow) + 1) / (per_s * self._queue.share_of(flow))

    def _fill(self) -> None:
        while self._waiting and self.taken < self.places:
            cost = self.pace.answer_s
            ticket = self._waiting.pop(self._queue.take(cost))
            self._taken[ticket.flow.authority] += 1
            ticket.grant(cost)

    def _leave(self, ticket: Ticket) -> None:
        if ticket.granted_at is None:
            self._waiting.pop(ticket.number, None)
            self._queue.remove(ticket.number, ticket.flow)
        else:
            seconds = time.monotonic() - ticket.granted_at
            self.pace.took(seconds)
            self._queue.correct(ticket.flow, seconds - ticket.charged)
            self._taken[ticket.flow.authority] -= 1
            if not self._taken[ticket.flow.authority]:
                del self._taken[ticket.flow.authority]
        self._fill()

    def _too_late(self, ticket: Ticket) -> Busy:
        return _busy("queue.too_long", self._expected_wait_s(ticket.flow))


def _busy(code: str, wait_s: float) -> Busy:
    seconds = math.ceil(min(max(wait_s, 1.0), _LONGEST_RETRY_S))
    return Busy(
        code,
        f"Många frågar just nu. Försök igen om {seconds} s. (Many are asking right now. Try again in {seconds} s.)",
        retry_after_s=float(seconds),
    )
