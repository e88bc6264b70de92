"""Writes versions of documents to an embedded store until it is killed, and says what was acknowledged.

Run as `python writer.py <folder> <first round> [<updates to live>]`. With the third argument it kills itself when the
engine has carried out that many updates of the first commit, which publishes a version of every document.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from itertools import count
from pathlib import Path

from qdrant_edge import EdgeShard, UpdateOperation

from allmanning.index.store.edge import EdgeStore
from tests.contract.index.passages import DIMENSION, document, indexed

DOCUMENTS = 3


def size(version: int) -> int:
    """How many passages a version has."""
    return 1 + version * 7 % 23


class Dying:
    """A shard whose process dies after so many updates."""

    def __init__(self, shard: EdgeShard, updates: int) -> None:
        self._shard = shard
        self._left = updates

    def update(self, operation: UpdateOperation) -> None:
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1
        self._shard.update(operation)

    def flush(self) -> None:
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)
        self._shard.flush()

    def __getattr__(self, name: str) -> object:
        return getattr(self._shard, name)


async def write(folder: Path, first: int, updates: int | None) -> None:
    store = EdgeStore(folder, "test", DIMENSION)
    await store.warm_up()
    for version in count(first):
        for number in range(DOCUMENTS):
            of = document(f"d{number}", f"{version}")
            await store.stage(indexed(of, [f"d{number} {version} {part}" for part in range(size(version))]))
        if updates is not None:
            store._engine._opened = Dying(store._engine._opened, updates)  # type: ignore[attr-defined]
        await asyncio.gather(*(publish(store, number, version) for number in range(DOCUMENTS)))


async def publish(store: EdgeStore, number: int, version: int) -> None:
    await store.publish("soltuna", f"d{number}", f"{version}")
    sys.stdout.write(f"{number} {version}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None))
