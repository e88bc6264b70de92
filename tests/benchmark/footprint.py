"""Memory of a whole platform."""

from __future__ import annotations

import time
from pathlib import Path

from tests.platform_node import Platform

SETTLE_S = 8


def _pss_kibibytes(pid: int) -> int:
    """Proportional set size: pages that processes share are counted once in all."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def by_process(platform: Platform) -> dict[str, float]:
    """MiB of each process now."""
    assert platform.process is not None
    pids = platform.pids() | {"node": platform.process.pid}
    return {name: _pss_kibibytes(pid) / 1024 for name, pid in pids.items()}


def settled_mebibytes(platform: Platform) -> float:
    """MiB of all processes once the platform has been left alone for some seconds."""
    time.sleep(SETTLE_S)
    memory = by_process(platform)
    print("  " + ", ".join(f"{name} {mebibytes:.0f}" for name, mebibytes in sorted(memory.items())))
    return sum(memory.values())
