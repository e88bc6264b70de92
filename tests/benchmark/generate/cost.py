"""Processor time of a platform's processes."""

from __future__ import annotations

import os
from pathlib import Path

from tests.platform_node import Platform

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def processor_s(platform: Platform) -> dict[str, float]:
    """Seconds that each process has used since it started, user and system."""
    return {name: _used_s(pid) for name, pid in platform.pids().items()}


def _used_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
