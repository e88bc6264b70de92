"""A watched process comes back when it ends, and never outlives its node."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from allmanning.node import process
from allmanning.node.process import Process
from allmanning.runtime.run import REFUSED


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def test_a_process_that_ends_is_started_again(tmp_path: Path) -> None:
    counter = tmp_path / "starts"
    code = f"open({str(counter)!r}, 'a').write('x')"
    watched = Process("short", [sys.executable, "-c", code], {}, tmp_path / "log")
    watching = asyncio.create_task(watched.run())
    async with asyncio.timeout(10):
        while not counter.exists() or len(counter.read_text()) < 2:
            await asyncio.sleep(0.02)
    await watched.stop()
    watching.cancel()
    assert watched.restarts >= 1


async def test_a_process_that_lived_long_comes_back_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "HEALTHY_AFTER_S", 0.0)
    monkeypatch.setattr(process, "RESTART_AFTER_S", (0.01, 60.0))
    counter = tmp_path / "starts"
    code = f"open({str(counter)!r}, 'a').write('x')"
    watched = Process("long-lived", [sys.executable, "-c", code], {}, tmp_path / "log")
    watching = asyncio.create_task(watched.run())
    async with asyncio.timeout(20):
        while not counter.exists() or len(counter.read_text()) < 3:
            await asyncio.sleep(0.02)
    await watched.stop()
    watching.cancel()


async def test_a_process_that_refuses_to_start_is_left_alone_and_says_why(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    line = '{"level": "ERROR", "message": "index.model_differs: Indexet är gjort med en annan modell."}'
    code = f"import sys; open({str(starts)!r}, 'a').write('x'); sys.stderr.write({line!r}); sys.exit({REFUSED})"
    watched = Process("refusing", [sys.executable, "-c", code], {}, tmp_path / "log")
    await watched.run()
    assert watched.refused
    assert starts.read_text() == "x"
    assert watched.last_error() == "index.model_differs: Indexet är gjort med en annan modell."


async def test_a_process_that_will_not_end_is_killed(tmp_path: Path) -> None:
    started = tmp_path / "started"
    ignore = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    code = f"{ignore}; open({str(started)!r}, 'w'); time.sleep(60)"
    watched = Process("stubborn", [sys.executable, "-c", code], {}, tmp_path / "log", stop_timeout_s=0.2)
    watching = asyncio.create_task(watched.run())
    async with asyncio.timeout(10):
        while not started.exists():
            await asyncio.sleep(0.02)
        await watched.stop()
        await watching


def test_children_die_with_a_node_that_is_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    child = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    node = (
        "import asyncio, sys; from pathlib import Path; from allmanning.node.process import Process\n"
        f"asyncio.run(Process('child', [sys.executable, '-c', {child!r}], {{}}, Path({str(tmp_path / 'log')!r})).run())"
    )
    parent = subprocess.Popen([sys.executable, "-c", node])
    deadline = time.monotonic() + 10
    while not (pid_file.exists() and pid_file.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    pid = int(pid_file.read_text())
    assert alive(pid)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    while alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)
