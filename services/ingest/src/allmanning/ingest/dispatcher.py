"""Gives a process its work: takes documents from the queue in turn, a few at a time, and watches over them.

What fails is tried again later, and given up after the last try. When a whole part of the platform is away, no document
is to blame: the process waits, tries one, and goes on when that succeeds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from nats.errors import Error as NatsError
from opentelemetry.trace import SpanKind

from allmanning.ingest.outage import AWAY, Outage
from allmanning.ingest.registry.queue import LEASE_S, Queue, Taken
from allmanning.ingest.registry.turns import Turns
from allmanning.ingest.run import Run
from allmanning.ingest.worker import Worker
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.cancel import cancel
from allmanning.runtime.errors import Internal, PlatformError
from allmanning.runtime.telemetry import span_of

RETRY_AFTER_S = (1.0, 5.0, 30.0, 120.0)
# A bad release would give everything up; after this many in a row the service stops and says so.
GIVEN_UP_IN_A_ROW = 25
# How soon a cancelled document is left alone, a queue that is no longer paused goes on, and a lost event is noticed.
LOOK_EVERY_S = 1.0
KEEP_EVERY_S: Final = LEASE_S / 3
_FINISH_S: Final = 5.0

log = logging.getLogger(__name__)


class DispatcherStopped(Exception):
    """Too many documents given up in a row: something is wrong with us, not with the documents."""


class Dispatcher:
    """Works on at most `at_once` documents at a time; any number of processes share the queue."""

    def __init__(self, queue: Queue, worker: Worker, *, at_once: int) -> None:
        self._queue = queue
        self._worker = worker
        self._at_once = at_once
        self._name = f"{socket.gethostname()[:20]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._turns = Turns()
        self._runs: set[Run] = set()
        self._done: list[Taken] = []
        self._woken = asyncio.Event()
        self._outage = Outage()
        self._given_up_in_a_row = 0

    async def run(self, bus: Bus) -> None:
        """Work until cancelled; what can be finished in a few seconds is, the rest is left to others.

        Raises:
            DispatcherStopped: after 25 documents were given up in a row.
        """
        try:
            async with self._hearing(bus), self._watching():
                while True:
                    self._woken.clear()
                    await self._take()
                    if self._given_up_in_a_row >= GIVEN_UP_IN_A_ROW:
                        raise DispatcherStopped(self._name)
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(max(LOOK_EVERY_S, self._outage.wait_s)):
                            await self._woken.wait()
        finally:
            await self._leave()

    async def _take(self) -> None:
        """Start as much work as there is room for."""
        running = [run.taken for run in self._runs]
        room = 0 if self._outage.wait_s else (1 if self._outage.lasts else self._at_once) - len(running)
        if any(each.interrupted for each in running):
            room = 0
        if room <= 0 and not self._done:
            return
        done, self._done = self._done, []
        try:
            taken = await self._queue.take(self._name, max(room, 0), self._turns, done, running)
        except PlatformError as error:
            self._done += done
            log.warning("no work can be taken: %s", error.code)
            return
        for each in taken:
            run = Run(each)
            self._runs.add(run)
            run.task = asyncio.create_task(self._process(run))

    async def _process(self, run: Run) -> None:
        taken = run.taken
        try:
            await self._work(run)
        except asyncio.CancelledError:
            log.info("document %s is left alone", taken.document_id)
        except Exception as error:
            log.warning(
                "document %s failed, try %d",
                taken.document_id,
                taken.tries,
                exc_info=not isinstance(error, PlatformError),
            )
            await self._failed(taken, error)
        else:
            self._outage.succeeded(taken.document_id)
            self._given_up_in_a_row = 0
            self._done.append(taken)
        finally:
            self._runs.discard(run)
            self._woken.set()

    async def _work(self, run: Run) -> None:
        taken = run.taken
        if taken.tries > len(RETRY_AFTER_S) + 1:
            raise Internal("document.interrupted", "The process ended each time it worked on this document")
        trace = {"traceparent": taken.trace} if taken.trace else {}
        with span_of(subjects.document_received(taken.authority), SpanKind.CONSUMER, trace):
            await self._worker.handle(run)

    async def _failed(self, taken: Taken, error: Exception) -> None:
        try:
            if isinstance(error, AWAY) and self._outage.found(taken.document_id):
                log.warning("%s: work waits for %.0f s", error.code, self._outage.wait_s)
                await self._queue.put_back(self._name, taken, after_s=self._outage.wait_s, counted=False)
                return
            permanent = isinstance(error, PlatformError) and not error.retryable
            if not permanent and taken.tries <= len(RETRY_AFTER_S):
                await self._queue.put_back(self._name, taken, after_s=RETRY_AFTER_S[taken.tries - 1], counted=True)
                return
            await self._worker.give_up(taken, error)
            self._given_up_in_a_row += 1
            self._done.append(taken)
        except PlatformError as unavailable:
            # It is due again by itself when nobody keeps it.
            log.warning("document %s could not be put back: %s", taken.document_id, unavailable.code)

    @asynccontextmanager
    async def _hearing(self, bus: Bus) -> AsyncIterator[None]:
        """Events of received documents wake this process; without them it looks every second."""

        async def wake(_: object) -> None:
            self._woken.set()

        heard = await bus.nc.subscribe(subjects.document_received("*"), cb=wake)
        try:
            yield
        finally:
            with contextlib.suppress(NatsError):
                await heard.unsubscribe()

    @asynccontextmanager
    async def _watching(self) -> AsyncIterator[None]:
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        """Keep what is taken, and stop what is no longer ours."""
        keep_in_s = KEEP_EVERY_S
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            keep_in_s -= LOOK_EVERY_S
            # Only what was taken before the question.
            runs = set(self._runs)
            if not runs:
                continue
            try:
                if keep_in_s <= 0:
                    await self._queue.keep(self._name, [run.taken for run in runs])
                    keep_in_s = KEEP_EVERY_S
                held = await self._queue.held(self._name)
            except PlatformError as error:
                log.warning("the work can't be watched: %s", error.code)
                continue
            for run in runs:
                if (run.taken.document_id, run.taken.version) not in held:
                    run.stop()

    async def _leave(self) -> None:
        """Finish what takes no time, and put the rest back for whoever comes next."""
        tasks = {run.task: run for run in self._runs if run.task}
        if tasks:
            _, undone = await asyncio.wait(tasks, timeout=_FINISH_S)
            await cancel(undone)
            with contextlib.suppress(PlatformError):
                for task in undone:
                    await self._queue.put_back(self._name, tasks[task].taken, after_s=0, counted=False)
        with contextlib.suppress(PlatformError):
            await self._queue.take(self._name, 0, self._turns, self._done)
