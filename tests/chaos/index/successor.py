"""A release that builds its index beside the one before, optimises and switches, until it is killed.

Run as `python -m tests.chaos.index.successor <folder> <index version> <first round> [<phase>]`. It says which versions
of documents were acknowledged and when it has switched. With a phase it kills itself there.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

from allmanning.index.store.about import About
from allmanning.index.store.edge import EdgeEngine
from allmanning.index.store.journal import Journal
from allmanning.index.store.optimiser import OptimiseError
from allmanning.index.store.protocol import PassageStore
from allmanning.index.store.reindexing import ReindexingStore
from allmanning.index.store.root import IndexRoot
from tests.chaos.index.writer import DOCUMENTS, size
from tests.contract.index.passages import DIMENSION, MODEL, document, indexed
from tests.integration.index.models import HashEmbedder

PHASES: dict[str, tuple[type, str, bool]] = {
    "a folder is made": (IndexRoot, "create", True),
    "an index is whole and has no name": (IndexRoot, "add", False),
    "a copy is taken": (Journal, "start", False),
    "a copy is optimised": (EdgeEngine, "move", False),
    "a copy is loaded and up to date": (IndexRoot, "replace", False),
    "a copy has taken the index's place": (IndexRoot, "replace", True),
    "the next index is whole": (IndexRoot, "switch", False),
    "the next index is the live one": (IndexRoot, "switch", True),
    "what is stale is deleted": (IndexRoot, "drop", False),
}


def die_at(phase: str) -> None:
    """Have this process killed before or after the method of the phase."""
    owner, name, after = PHASES[phase]
    original: Callable[..., object] = getattr(owner, name)

    def dying(*args: object) -> object:
        if after:
            original(*args)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    setattr(owner, name, dying)


async def opened(folder: Path, index_version: str) -> ReindexingStore:
    root = IndexRoot(folder)
    root.open()
    store = ReindexingStore(root, About(index_version, MODEL, DIMENSION), HashEmbedder(MODEL, DIMENSION))
    await store.warm_up()
    return store


async def optimise(store: ReindexingStore) -> None:
    while True:
        with suppress(OptimiseError):
            await store.optimise()
        await asyncio.sleep(0.01)


async def write(store: ReindexingStore, first: int) -> None:
    for version in count(first):
        for number in range(DOCUMENTS):
            of = document(f"d{number}", f"{version}")
            await store.stage(indexed(of, [f"d{number} {version} {part}" for part in range(size(version))]))
            await store.publish(of.authority, of.id, of.version)
            say(f"{number} {version}")
            await asyncio.sleep(0)
        if version == first:
            await write_once(store)
            await store.switch()
            say("switched")


async def write_once(store: PassageStore) -> None:
    """A document that does not change, and that each release rebuilds."""
    of = document("once", "0")
    await store.stage(indexed(of, ["once"]))
    await store.publish(of.authority, of.id, of.version)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main(folder: Path, index_version: str, first: int, phase: str) -> None:
    if phase:
        die_at(phase)
    store = await opened(folder, index_version)
    await asyncio.gather(write(store, first), optimise(store))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else ""))
