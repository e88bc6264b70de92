"""Processor time of a platform's processes, and of what asks and serves it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.platform_node import Platform

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def processor_s(platform: Platform) -> dict[str, float]:
    """Seconds that each process has used since it started, user and system."""
    return {name: _used_s(pid) for name, pid in platform.pids().items()}


def own_s(server_pid: int) -> dict[str, float]:
    """The same of the benchmark itself, which shares the machine: its clients (this process) and its model server."""
    return {"clients": time.process_time(), "model server": _used_s(server_pid)}


def since(before: dict[str, float], now: dict[str, float], count: float) -> dict[str, float]:
    """Seconds that each has used for one of so many."""
    return {name: (after - before[name]) / count for name, after in now.items()}


def _used_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
