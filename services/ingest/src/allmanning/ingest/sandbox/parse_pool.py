"""Files are read in processes of their own, with limits: a hostile file ends its process, never the service.

One process a file, forked from a template that has the readers loaded and never sees a file. It starts when needed and
stops when idle.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.original import Original
from allmanning.ingest.sandbox import confine, wire
from allmanning.ingest.sandbox.ending import Limits, crashed
from allmanning.ingest.sandbox.template import Crashed, Template
from allmanning.runtime import heap
from allmanning.runtime.errors import Refused

_MODULE: Final = "allmanning.ingest.sandbox.worker"

log = logging.getLogger(__name__)


class ParsePool:
    """At most `size` files at once; the template is stopped after `idle_s` seconds without work."""

    def __init__(
        self, size: int = 1, *, limits: Limits | None = None, idle_s: float = 60.0, module: str = _MODULE
    ) -> None:
        """`module`: the program that reads, `worker` or one that has more readers."""
        self._slots = asyncio.Semaphore(size)
        self._limits = limits or Limits()
        self._idle_s = idle_s
        self._module = module
        self._template: Template | None = None
        self._starting = asyncio.Lock()
        self._sweeper: asyncio.Task[None] | None = None

    async def read(self, original: Original) -> Extract:
        """Read a file in a process of its own.

        Raises:
            Unprocessable: `file.timeout`, `file.cpu`, `file.memory` when it took more than `Limits` allow,
                `file.crashed` when the reader crashed on it twice; otherwise as `reader.read`.
            TooLarge, Unsupported: as `reader.read`.
            Unavailable: `reader.broken`, when the readers can't be started.
        """
        async with self._slots:
            try:
                return await self._read(original)
            except Crashed:
                # Perhaps the machine had no memory, or somebody ended the template.
                log.warning("a reading process crashed; trying once more")
            try:
                return await self._read(original)
            except Crashed as error:
                raise crashed(error.ending) from error

    async def close(self) -> None:
        """Stop the template."""
        if self._sweeper:
            self._sweeper.cancel()
            self._sweeper = None
        if self._template:
            await self._template.stop()
            self._template = None

    async def _read(self, original: Original) -> Extract:
        template = await self._started()
        answer = await template.read(original)
        try:
            # As long as a book, and checked piece by piece.
            return await asyncio.to_thread(wire.extract_of, answer, original.workspace)
        except ValueError as error:
            raise Crashed(None) from error

    async def _started(self) -> Template:
        async with self._starting:
            if self._template is None or not self._template.alive:
                self._template = await Template.start(self._module, self._limits)
            if self._sweeper is None or self._sweeper.done():
                self._sweeper = asyncio.create_task(self._sweep())
            return self._template

    async def _sweep(self) -> None:
        while template := self._template:
            await asyncio.sleep(self._idle_s / 2)
            if template is self._template and not template.reading and template.idle_s >= self._idle_s:
                self._template = None
                await template.stop()
                # What passages and vectors took while documents came.
                heap.give_back()


def check_sandbox(*, required: bool) -> None:
    """Say in the log what the kernel lacks to confine the processes that read files.

    Raises:
        Refused: `sandbox.missing`, when it is `required`.
    """
    lacking = confine.missing()
    if not lacking:
        return
    names = " och ".join(lacking)
    if required:
        raise Refused(
            "sandbox.missing",
            f"Systemet saknar {names}, som behövs för att läsa dokument avskilt (ALLMANNING_REQUIRE_SANDBOX).",
        )
    log.warning("files are read without %s: only limits and an audit hook confine the readers", ", ".join(lacking))
