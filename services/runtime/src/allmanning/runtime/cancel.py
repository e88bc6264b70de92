"""End tasks, also those that miss being told."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Final

# Longer than any task here takes to put its work in order; a second cancellation would break into that.
_AGAIN_AFTER_S: Final = 8.0


async def cancel(tasks: Collection[asyncio.Task[None]], *, again_after_s: float = _AGAIN_AFTER_S) -> None:
    """Cancel, and wait until all have ended; what they raise is left in them.

    Until Python 3.12 `asyncio.wait_for`, which nats-py uses for every request, forgets a cancellation that comes at
    the moment of its answer (https://github.com/python/cpython/issues/86296). The task then goes on, and must be told
    again.
    """
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=again_after_s)
