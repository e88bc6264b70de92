"""A file that breaks its reader breaks nothing else."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from allmanning.ingest.parse_pool import Limits, ParsePool
from allmanning.ingest.read import ocr
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.worker import answered
from allmanning.runtime.errors import Unprocessable
from tests.unit.ingest.files import Words, pdf, saved, scan


def original(folder: Path, data: bytes, media_type: str = "text/plain") -> Original:
    path = folder / "original"
    path.write_bytes(data)
    return Original(path, "a", media_type, workspace=folder)


@pytest.fixture
def text(tmp_path: Path) -> Original:
    (tmp_path / "text").mkdir()
    return original(tmp_path / "text", b"Gatorna plogas.")


@pytest.fixture
async def pool() -> AsyncIterator[ParsePool]:
    opened = ParsePool(1, limits=Limits(wall_s=20, cpu_s=20, memory_mb=1024), idle_s=0.5)
    yield opened
    await opened.close()


def workers() -> list[int]:
    """Process ids of this process's parse workers."""
    found = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "pid=,args="], capture_output=True, text=True, check=False
    ).stdout
    return [int(line.split()[0]) for line in found.splitlines() if "ingest.read.worker" in line]


async def test_workers_start_when_needed_and_stop_when_idle(pool: ParsePool, text: Original) -> None:
    assert workers() == []
    assert (await pool.read(text)).text == "Gatorna plogas."
    assert len(workers()) == 1
    async with asyncio.timeout(10):
        while workers():
            await asyncio.sleep(0.1)
    assert (await pool.read(text)).text == "Gatorna plogas."


async def test_error_of_a_reader_crosses_the_process(pool: ParsePool, tmp_path: Path) -> None:
    with pytest.raises(Unprocessable, match=r"file\.unreadable"):
        await pool.read(original(tmp_path, b"%PDF-1.4", "application/pdf"))
    assert pool.idle_workers == 1


async def test_worker_that_dies_once_is_replaced(pool: ParsePool, text: Original) -> None:
    await pool.read(text)
    os.kill(workers()[0], signal.SIGKILL)
    assert (await pool.read(text)).text == "Gatorna plogas."


async def test_worker_that_hangs_is_killed_in_time(text: Original) -> None:
    pool = ParsePool(1, limits=Limits(wall_s=3, cpu_s=60), idle_s=60)
    await pool.read(text)
    os.kill(workers()[0], signal.SIGSTOP)
    before = time.monotonic()
    with pytest.raises(Unprocessable, match=r"file\.timeout"):
        await pool.read(text)
    assert time.monotonic() - before < 8
    assert workers() == []
    await pool.close()


async def test_a_file_that_tells_of_its_pages_may_take_longer_than_one_that_stands_still(
    text: Original, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        files = 1

        async def ask(self, _: Original, alive: Callable[[], None]) -> bytes:
            for _page in range(8):
                await asyncio.sleep(0.2)
                alive()
            return answered(text)

        async def stop(self) -> None:
            return

    async def start() -> Slow:
        return Slow()

    pool = ParsePool(1, limits=Limits(wall_s=1))
    monkeypatch.setattr(pool, "_start", start)
    assert (await pool.read(text)).text == "Gatorna plogas."
    await pool.close()


@pytest.mark.skipif(not ocr.available(), reason="Tesseract and its language data are not installed")
async def test_a_scan_is_read_within_the_limits_of_a_worker(pool: ParsePool, tmp_path: Path) -> None:
    page = [Words(70, 700, "Nämnden beviljar bygglov för en altan."), Words(70, 600, "Beslutet kan överklagas.")]
    extract = await pool.read(original(tmp_path, saved(scan(pdf(page)), "PDF"), "application/pdf"))
    assert "Nämnden beviljar bygglov för en altan." in extract.text
    assert [place.page for place in extract.boxes] == [1, 1]


async def test_more_memory_than_allowed_is_an_error_of_the_file(text: Original, tmp_path: Path) -> None:
    pool = ParsePool(1, limits=Limits(wall_s=30, cpu_s=30, memory_mb=300))
    with pytest.raises(Unprocessable, match=r"file\.unreadable"):
        await pool.read(original(tmp_path, b"ord " * 40_000_000))
    assert (await pool.read(text)).text == "Gatorna plogas."
    await pool.close()


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('127.0.0.1', 1))",
        "import urllib.request; urllib.request.urlopen('http://example.com')",
        "import subprocess; subprocess.run(['id'])",
        "import os; os.system('id')",
    ],
)
def test_a_parser_reaches_neither_the_network_nor_a_program(attempt: str) -> None:
    code = f"from allmanning.ingest.read.confine import confine; confine(1024)\n{attempt}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Forbidden" in done.stderr


async def test_secrets_of_the_service_do_not_reach_a_worker(
    pool: ParsePool, text: Original, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLMANNING_NATS_PASSWORD", "hemligt")
    await pool.read(text)
    assert b"hemligt" not in Path(f"/proc/{workers()[0]}/environ").read_bytes()
