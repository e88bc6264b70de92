"""The work on one version of a document, from the moment a process takes it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from allmanning.ingest.registry.queue import Taken


@dataclass(eq=False)
class Run:
    """`stoppable` until its passages are published: what has begun then is brought to its end."""

    taken: Taken
    stoppable: bool = True
    task: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """Leave the document alone, unless it is as good as done."""
        if self.task and self.stoppable:
            self.task.cancel()
