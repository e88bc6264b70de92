"""Keeps an embedded index fast: a copy is optimised in a process of its own, and takes the index's place."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from pathlib import Path

from aiorwlock import RWLock

from allmanning.index.store.edge import EdgeEngine
from allmanning.index.store.root import IndexRoot
from allmanning.runtime.errors import PlatformError

# The copy, and what is made of it before the copy's own segments are gone.
_ROOM = 2.5


class OptimiseError(Exception):
    """The copy could not be made or optimised. The index is as it was."""


async def optimise(root: IndexRoot, engine: EdgeEngine, writing: RWLock) -> None:
    """Optimise an index. Searches go on, except while the new shard is loaded (4 s for 100,000 passages).

    Args:
        root: Of the index.
        engine: Has it open.
        writing: Shared by every write. Writes wait while the shard is copied (5 s for 100,000 passages) and while what
            was written since is repeated on the copy.

    Raises:
        OptimiseError: No room, the copy failed, or too much was written meanwhile.
    """
    source = engine.folder
    if shutil.disk_usage(source.path).free < _ROOM * _size(source.shard):
        raise OptimiseError("there is no room for a copy")
    target = root.create(source.about)
    try:
        async with writing.writer:
            engine.flush()
            await _run("cp", "-a", "--sparse=always", str(source.shard), str(target.path))
            engine.journal.start()
        await _run(sys.executable, "-m", "allmanning.index.store.optimise", str(target.path))
        async with writing.writer:
            await engine.move(target)
    except (OSError, OverflowError, PlatformError) as error:
        raise OptimiseError(str(error)) from error
    finally:
        engine.journal.stop()
        await asyncio.to_thread(root.drop, source if engine.folder.path == target.path else target)


async def _run(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL)
    try:
        code = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if code:
        raise OptimiseError(f"{Path(command[0]).name} ended with {code}")


def _size(folder: Path) -> int:
    """Bytes on the disk."""
    return sum(Path(here, name).stat().st_blocks * 512 for here, _, files in os.walk(folder) for name in files)
