"""A child process that is started again when it ends, and that never outlives the node."""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from allmanning.runtime.run import REFUSED

# Waits before the first, second, … restart in a row; the last one repeats.
RESTART_AFTER_S = (0.2, 1.0, 3.0, 10.0)
# A process that lived this long has recovered: the count starts over.
HEALTHY_AFTER_S = 30.0
LOG_LIMIT_BYTES = 10_000_000
PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """Have the kernel kill this child when the node dies, even by kill -9 (prctl(2); Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass
class Process:
    """One watched process. `run` keeps it alive until `stop`, or until it refuses to run."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    stop_timeout_s: float = 25.0
    restarts: int = 0
    refused: bool = False
    _child: asyncio.subprocess.Process | None = field(default=None, init=False)
    _stopping: bool = field(default=False, init=False)

    async def run(self) -> None:
        """Start the process, and start it again whenever it ends, until `stop` or a refusal."""
        in_a_row = 0
        while not self._stopping:
            started = asyncio.get_running_loop().time()
            with self._open_log() as log:
                self._child = await asyncio.create_subprocess_exec(
                    *self.command,
                    env=os.environ | dict(self.environment),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    # A terminal's Ctrl-C reaches the node alone, which stops its children in order.
                    start_new_session=True,
                    preexec_fn=_die_with_parent,
                )
            self.refused = await self._child.wait() == REFUSED
            if self._stopping or self.refused:
                return
            lived = asyncio.get_running_loop().time() - started
            in_a_row = 1 if lived > HEALTHY_AFTER_S else in_a_row + 1
            self.restarts += 1
            await asyncio.sleep(RESTART_AFTER_S[min(in_a_row, len(RESTART_AFTER_S)) - 1])

    async def stop(self) -> None:
        """Ask the process to end, wait, and kill it if it does not."""
        self._stopping = True
        child = self._child
        if child is None or child.returncode is not None:
            return
        child.terminate()
        try:
            await asyncio.wait_for(child.wait(), self.stop_timeout_s)
        except TimeoutError:
            child.kill()
            await child.wait()

    def last_lines(self, count: int = 5) -> str:
        """The end of its log, for a message to the operator."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def last_error(self) -> str:
        """The message of the last error in its log."""
        entries = [json.loads(line) for line in self.last_lines(20).splitlines() if line.startswith("{")]
        return next((entry["message"] for entry in reversed(entries) if entry["level"] == "ERROR"), "")

    def _open_log(self) -> BinaryIO:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        return self.log.open("ab")
