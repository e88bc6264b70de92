"""Removes what failed uploads left in the object store: files that no version refers to, and torn ones."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Final

from allmanning.ingest.registry.references import References
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.objects import Objects

_AT_ONCE: Final = 500

log = logging.getLogger(__name__)


class Orphans:
    """A background task: every `every_s` seconds.

    A file is stored before the document that it belongs to is registered. So one that nobody refers to is removed when
    the next sweep, an hour later as a rule, still finds it so; no clock but this process's own decides.
    """

    def __init__(self, objects: Objects, references: References, *, every_s: float) -> None:
        self._objects = objects
        self._references = references
        self._every_s = every_s
        self._suspected: set[str] = set()
        self._torn: set[str] = set()

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            try:
                removed = await self.sweep()
                if removed:
                    log.info("files that no document refers to: %d, removed", removed)
            except PlatformError as error:
                log.warning("looking for files without a document failed: %s", error.code)
            await asyncio.sleep(self._every_s)

    async def sweep(self) -> int:
        """Remove what was an orphan at the last sweep and is one now; how many."""
        removed, suspected = 0, set[str]()
        async for names in self._names():
            unknown = await self._references.unknown(names)
            for name in unknown & self._suspected:
                # It may have been submitted since the list was made.
                if await self._references.unknown([name]):
                    await self._objects.delete(name)
                    removed += 1
            suspected |= unknown - self._suspected
        torn = await self._objects.torn()
        for upload in torn & self._torn:
            await self._objects.tear_down(upload)
            removed += 1
        self._suspected, self._torn = suspected, torn - self._torn
        return removed

    async def _names(self) -> AsyncIterator[list[str]]:
        some: list[str] = []
        async for name in self._objects.names():
            some.append(name)
            if len(some) == _AT_ONCE:
                yield some
                some = []
        if some:
            yield some
