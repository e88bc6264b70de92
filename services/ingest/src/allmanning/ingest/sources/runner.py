"""Runs sources when they are due, in the background of the service."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final

from allmanning.contracts.ingest.v1.ingest_pb import Source as SourceMessage
from allmanning.ingest.handlers import Handlers
from allmanning.ingest.originals import Originals
from allmanning.ingest.registry.source_items import SourceItems
from allmanning.ingest.registry.sources import Claim, LeaseLost, Sources
from allmanning.ingest.sources.kinds import opened
from allmanning.ingest.sources.protocol import Surroundings
from allmanning.ingest.sources.run import SourceRun
from allmanning.runtime.cancel import cancel
from allmanning.runtime.errors import PlatformError

# A process that was killed is missed after this time.
LEASE_S: Final = 60.0
RENEW_EVERY_S: Final = LEASE_S / 4
# Sources mostly wait for somebody else's server.
_AT_ONCE: Final = 4
_AGAIN_AFTER_S: Final = 10.0

log = logging.getLogger(__name__)


class SourceRunner:
    """A background task. Several processes share the sources: each is run by whoever holds its lease."""

    def __init__(
        self,
        sources: Sources,
        items: SourceItems,
        handlers: Handlers,
        originals: Originals,
        surroundings: Callable[[str, SourceMessage], Surroundings],
        *,
        look_every_s: float,
    ) -> None:
        self._sources = sources
        self._items = items
        self._handlers = handlers
        self._originals = originals
        self._surroundings = surroundings
        self._look_every_s = look_every_s
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look at once whether a source wants to run."""
        self._woken.set()

    async def run(self) -> None:
        """Run sources until cancelled."""
        slots = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as running:
            while True:
                await slots.acquire()
                claim = await self._next()
                running.create_task(self._one(claim)).add_done_callback(lambda _: slots.release())

    async def _next(self) -> Claim:
        """Wait for a source that wants to run."""
        while True:
            self._woken.clear()
            try:
                if claim := await self._sources.claim(LEASE_S):
                    return claim
            except PlatformError as error:
                log.warning("sources can't be looked at: %s", error.code)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._look_every_s):
                    await self._woken.wait()

    async def _one(self, claim: Claim) -> None:
        """Run one source, and keep its lease until it is done."""
        working = asyncio.create_task(self._through(claim))
        renewing = asyncio.create_task(self._renewed(claim))
        try:
            await asyncio.wait({working, renewing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await cancel((working, renewing))
            if working.cancelled():
                # The service stops: somebody else need not wait for the lease to end.
                with contextlib.suppress(PlatformError):
                    await self._sources.pause(claim, 0.0)
        if not working.cancelled():
            working.result()

    async def _through(self, claim: Claim) -> None:
        name = claim.source.id
        try:
            code, reason = await self._done(claim)
            await self._sources.finish(claim, code, reason)
            log.info("source %s has run: %s", name, code or "done")
        except LeaseLost:
            log.info("source %s is run by another process", name)
        except PlatformError as error:
            # Ours to mend, not the source's: the run goes on when the platform answers again.
            log.warning("source %s waits: %s", name, error.code)
            with contextlib.suppress(PlatformError):
                await self._sources.pause(claim, _AGAIN_AFTER_S)

    async def _done(self, claim: Claim) -> tuple[str, str]:
        try:
            source = opened(claim.source, self._surroundings(claim.authority, claim.source))
        except PlatformError as error:
            # As when the operator has taken back what was allowed.
            return error.code, error.message
        try:
            return await SourceRun(claim, source, self._items, self._handlers, self._originals).run()
        except PlatformError:
            raise
        except Exception:
            log.exception("source %s broke", claim.source.id)
            return "source.failed", "Källan kunde inte läsas. Felet finns i tjänstens logg. (The source failed.)"
        finally:
            await source.close()

    async def _renewed(self, claim: Claim) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY_S)
            try:
                await self._sources.renew(claim, LEASE_S)
            except LeaseLost:
                return
            except PlatformError as error:
                log.warning("source %s: its lease could not be renewed: %s", claim.source.id, error.code)
