"""Kill the writer between the commit of leaves and their signature: it goes on as if nothing had happened."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.store import Store
from allmanning.audit.log.tree import leaf_hash, root_of, verify_consistency
from tests.unit.audit.producer import AUTHORITY

_WRITER = """
import os, signal, sys
from pathlib import Path
from allmanning.audit.log.keys import Keys
from allmanning.audit.log.lock import Lock
from allmanning.audit.log.store import Store
from tests.unit.audit.producer import Producer, put

def die(*_): os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    store, producer = Store(Path(sys.argv[1])), Producer()
    store.open()
    put(store, [producer.record("access.read", "d") for _ in range(5)], 5)
    if sys.argv[2] == "before the lock":
        Lock.advance = die
    else:
        Keys.sign = die
    put(store, [producer.record("access.read", "d") for _ in range(5)], 10)
"""


@pytest.mark.parametrize("moment", ["before the lock", "after the lock"])
async def test_leaves_that_were_committed_and_not_signed_are_signed_at_the_next_start(tmp_path, moment):
    root = Path(__file__).parents[3]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _WRITER, str(tmp_path / "audit"), moment, cwd=root
    )
    assert await process.wait() == -signal.SIGKILL

    store = Store(tmp_path / "audit")
    store.open()
    assert not store.refusals
    assert store.sequence == 10
    with store.reading(AUTHORITY) as log:
        [state] = log.logs()
        leaves = [leaf_hash(leaf.data) for leaf in log.leaves(state, state.size)]
        proof = log.tree(state).consistency(5, 10)
    opened = Checkpoint.open(state.note, store.keys.of(state.origin).verifier)
    assert (opened.size, opened.root) == (10, root_of(leaves))
    assert verify_consistency(5, 10, root_of(leaves[:5]), opened.root, proof)
    store.close()
