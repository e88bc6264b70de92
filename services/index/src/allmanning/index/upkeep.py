"""Optimises the index when enough has been written, in a quiet moment."""

from __future__ import annotations

import asyncio
import logging

from allmanning.index.store.optimiser import OptimiseError
from allmanning.index.store.reindexing import ReindexingStore

# Nothing written between two looks is a quiet moment: an import writes every few seconds.
_LOOK_EVERY_S = 30.0
# A long import is not waited for when so many times the usual number have gathered.
_OVERDUE = 3
_AFTER_FAILURE_S = 3_600.0

log = logging.getLogger(__name__)


class Upkeep:
    """A background task of the index process.

    Args:
        store: Open.
        after: Passages that may be searched as they were written before they are optimised too; 0: never.
    """

    def __init__(self, store: ReindexingStore, after: int) -> None:
        self._store = store
        self._after = after

    async def run(self) -> None:
        """Look again and again until cancelled. The first look comes long after the first answer."""
        before = -1
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            now = self._store.unoptimised()
            if self._after and self.due(before, now):
                try:
                    await self._store.optimise()
                except (OptimiseError, OSError) as error:
                    log.warning("index not optimised: %s", error)
                    await asyncio.sleep(_AFTER_FAILURE_S)
            before = now

    def due(self, before: int, now: int) -> bool:
        """Whether to optimise, when so many were not optimised at the last look and are now."""
        return now >= self._after and (now == before or now >= _OVERDUE * self._after)
