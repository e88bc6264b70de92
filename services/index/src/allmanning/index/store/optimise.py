"""`python -m allmanning.index.store.optimise FOLDER`: optimises the shard of an index that nobody has open.

It is a process of its own because the engine holds the interpreter's lock until it is done: for 100,000 passages three
minutes of a processor, and 1.2 GB of memory.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import qdrant_edge as edge

from allmanning.index.store import edge_schema
from allmanning.index.store.folder import IndexFolder
from allmanning.runtime import durable

# Nobody waits for it; searches do.
NICENESS = 10
PR_SET_PDEATHSIG = 1


def optimise(folder: IndexFolder) -> None:
    """Merge everything into one segment, and note how many points it has. All of it is on the disk afterwards."""
    about = folder.about
    shard = edge.EdgeShard.load(str(folder.shard), edge_schema.optimised(about.dimension))
    shard.optimize()
    shard.flush()
    points = shard.info().points_count
    shard.close()
    folder.describe(replace(about, optimised=points))
    durable.sync_tree(folder.path)


def main() -> None:
    if sys.platform == "linux":
        # The folder is deleted when whoever started us starts again (prctl(2)).
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.nice(NICENESS)
    optimise(IndexFolder(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
