"""The servers that run one model, asked as if they were one."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Final

from haystack.dataclasses import ChatMessage

from allmanning.generate.model import figures
from allmanning.generate.model.failures import busy, cause_of, failure_of, told_to_wait_s, unavailable
from allmanning.generate.model.pool.probing import probe
from allmanning.generate.model.pool.race import Race
from allmanning.generate.model.pool.replica import Connection, Replica, Standing
from allmanning.generate.model.protocol import OnChunk, Replies
from allmanning.generate.model.server import ModelServer
from allmanning.runtime.errors import PlatformError, Refused

# A second request for words that come within this time would win nothing that anybody notices.
_LEAST_HEDGE_S: Final = 0.05
# Of what went wrong, what says nothing against the server's health.
_NOT_ITS_FAULT: Final = frozenset({"model.busy", "model.rejected"})

log = logging.getLogger(__name__)


class Pool:
    """Balances by least outstanding requests, and never gives a replica more than its capacity.

    Who finds every place taken is told so at once (`model.busy`): waiting in fair order is not this class's work.
    """

    def __init__(self, server: ModelServer, connect: Callable[[str], Connection]) -> None:
        """`connect` makes the client of one address; nothing is opened yet.

        Raises:
            Refused: `models.no_server`.
        """
        if not server.url:
            raise Refused("models.no_server", "Modellserverns adress saknas: ange ALLMANNING_MODEL_URL.")
        self.timeout_s = server.timeout_s
        self._name = server.name
        self._hedge = server.hedge
        self._max_tokens = server.max_tokens
        self._probe_every_s = server.probe_every_s
        self.replicas = [Replica(n, connect(url), server.capacity) for n, url in enumerate(server.urls, 1)]
        self._turns = itertools.count()
        self._probing: asyncio.Task[None] | None = None

    @property
    def capacity(self) -> int:
        """Requests that the replicas take at once, now; those that are left alone don't count."""
        now = time.monotonic()
        return sum(each.capacity for each in self.replicas if not each.breaker.wait_s(now))

    def standing(self) -> Sequence[Standing]:
        """How each replica is now, in order."""
        now = time.monotonic()
        return [each.standing(now) for each in self.replicas]

    @property
    def outstanding(self) -> int:
        return sum(each.outstanding for each in self.replicas)

    async def open(self) -> None:
        await self._all(lambda each: each.open())
        if self._probing is None:
            self._probing = asyncio.create_task(probe(self.replicas, every_s=self._probe_every_s))

    async def close(self) -> None:
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)
            self._probing = None
        await self._all(lambda each: each.close())

    async def chat(
        self, messages: Sequence[ChatMessage], on_chunk: OnChunk, generation_kwargs: Mapping[str, object]
    ) -> Replies:
        """Stream a reply of whichever replica.

        Raises:
            AttemptsFailed: from Busy (`model.busy`), Unavailable (`model.unavailable`, `model.rejected`,
                `model.interrupted`) or TimedOut (`model.timeout`).
        """
        asked = generation_kwargs.get("max_tokens")
        limit = asked if isinstance(asked, int) and asked > 0 else self._max_tokens
        race = Race(self, on_chunk, max_tokens=limit)
        try:
            return await race.run(messages, generation_kwargs)
        finally:
            figures.asked(self._name, race.attempts)

    def take(self, but: Collection[Replica]) -> Replica:
        """See `race.Course`."""
        now = time.monotonic()
        rested = [each for each in self.replicas if each not in but and not each.breaker.wait_s(now)]
        free = [each for each in rested if each.free > 0]
        if not free:
            raise self._none(rested, now)
        turn = next(self._turns)
        count = len(self.replicas)
        chosen = min(free, key=lambda each: (each.outstanding, (each.number + turn) % count))
        chosen.outstanding += 1
        chosen.breaker.ask()
        return chosen

    def _none(self, rested: Sequence[Replica], now: float) -> PlatformError:
        if rested:
            return busy()
        waits = [each.breaker.wait_s(now) for each in self.replicas]
        soonest = max(1.0, min(waits))
        return busy(soonest) if any(each.breaker.closed for each in self.replicas) else unavailable(soonest)

    def give_back(self, replica: Replica, failed: BaseException | None, *, given_up: bool, begun: bool) -> None:
        """See `race.Course`."""
        replica.outstanding -= 1
        if failed is not None:
            self._failed(replica, failed)
        elif begun or not given_up:
            replica.breaker.succeeded()
        else:
            replica.breaker.left()

    def _failed(self, replica: Replica, failed: BaseException) -> None:
        log.warning("replica %s of %s: %s", replica.number, self._name, cause_of(failed))
        wait = told_to_wait_s(failed)
        if wait is not None:
            replica.breaker.told_to_wait(time.monotonic(), wait)
        elif failure_of(failed, begun=False).code in _NOT_ITS_FAULT:
            replica.breaker.succeeded()
        else:
            replica.breaker.failed(time.monotonic())

    def hedge_after_s(self) -> float | None:
        """See `race.Course`: what the quickest replica's first words stay within 95 times of 100.

        The quickest, because one slow replica of two makes half of all requests slow, and then no share of all of them
        tells what is late. Not while more than half of the places are taken: then a second request of the same would
        take the place of somebody's first (Dean and Barroso, "The Tail at Scale", CACM 2013, hedge about 5 %).
        """
        known = [each.lateness.p95 for each in self.replicas]
        usual = [each for each in known if each is not None]
        if not self._hedge or len(self.replicas) < 2 or not usual or self.outstanding * 2 > self.capacity:
            return None
        return max(_LEAST_HEDGE_S, min(usual))

    def began(self, replica: Replica, seconds: float) -> None:
        """See `race.Course`."""
        replica.lateness.took(seconds)
        figures.began(self._name, replica.number, seconds)

    async def _all(self, what: Callable[[Connection], Awaitable[None]]) -> None:
        for each in self.replicas:
            await what(each.connection)
