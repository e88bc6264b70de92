"""A scripted model server that runs for the length of a `with`, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.contract.generate.scripted_model import ScriptedModel


@contextmanager
def served(model: ScriptedModel) -> Iterator[ScriptedModel]:
    """Serve; the thread and its loop have ended when the `with` has."""
    ready = threading.Event()
    started: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        async with model:
            stop = asyncio.Event()
            started.append((asyncio.get_running_loop(), stop))
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    if not ready.wait(10):
        raise RuntimeError("the scripted model server did not start")
    try:
        yield model
    finally:
        [(loop, stop)] = started
        loop.call_soon_threadsafe(stop.set)
        thread.join()
