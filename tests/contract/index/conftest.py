from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from allmanning.index.store.edge import EdgeStore
from allmanning.index.store.protocol import PassageStore
from allmanning.index.store.server import ServerStore
from tests.contract.index.passages import DIMENSION


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: these tests are about results, and each flush of a disk takes 30 ms."""
    shm = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shm if os.access(shm, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture(params=["edge", "server"])
async def store(request: pytest.FixtureRequest, memory: Path) -> AsyncIterator[PassageStore]:
    """Every store there is. `QDRANT_URL` names a real server; without it the client's own stand-in serves."""
    store: PassageStore
    if request.param == "edge":
        store = EdgeStore(memory / "index", "test", DIMENSION)
    else:
        store = ServerStore(os.environ.get("QDRANT_URL", ":memory:"), f"test-{uuid.uuid4().hex}", DIMENSION)
    await store.warm_up()
    yield store
    await store.close()
