"""Reads files in a pool of processes, as the service does."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.original import Original
from allmanning.ingest.sandbox.ending import Limits
from allmanning.ingest.sandbox.parse_pool import ParsePool
from tests.integration.ingest.hostile_worker import ATTACK

ROOT = Path(__file__).resolve().parents[3]


def original(folder: Path, data: bytes, media_type: str = "text/plain") -> Original:
    """A file on a desk of its own in `folder`."""
    desk = folder / uuid4().hex
    (desk / "workspace").mkdir(parents=True)
    (desk / "original").write_bytes(data)
    return Original(desk / "original", "a", media_type, workspace=desk / "workspace")


def templates() -> list[int]:
    """Process ids of this process's templates."""
    found = subprocess.run(
        ["ps", "-ww", "--ppid", str(os.getpid()), "-o", "pid=,args="], capture_output=True, text=True, check=False
    ).stdout
    return [int(line.split()[0]) for line in found.splitlines() if "_worker" in line or "sandbox.worker" in line]


class Attacked:
    """A pool whose readers have a hole."""

    def __init__(self, folder: Path, pool: ParsePool) -> None:
        self.folder = folder
        self.pool = pool

    async def run(self, program: str) -> Extract:
        """What comes out of a file that runs this program in its reader."""
        return await self.pool.read(original(self.folder, (ATTACK + program).encode()))

    async def said(self, program: str) -> str:
        return (await self.run(program)).text

    async def reads_the_next(self) -> bool:
        return (await self.pool.read(original(self.folder, b"Gatorna plogas."))).text == "Gatorna plogas."


@asynccontextmanager
async def attacked(folder: Path, monkeypatch: pytest.MonkeyPatch, **limits: float) -> AsyncIterator[Attacked]:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    chosen = Limits(**({"wall_s": 20, "cpu_s": 20, "memory_mb": 1024, "file_mb": 4} | limits))  # type: ignore[arg-type]
    pool = ParsePool(2, limits=chosen, module="tests.integration.ingest.hostile_worker")
    try:
        yield Attacked(folder, pool)
    finally:
        await pool.close()
