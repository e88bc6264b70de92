"""Files are read in processes of their own, with limits: a hostile file ends a worker, never the service.

Workers start when needed and stop when idle, since what a parser has taken of memory it keeps.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.worker import LENGTH, extract_of, progress_of
from allmanning.runtime.errors import PlatformError, Unprocessable

# Parsers leak; a fresh worker costs two seconds.
_FILES_A_WORKER: Final = 100
_STOP_S: Final = 5.0
_LARGEST_ANSWER: Final = 512 * 1024 * 1024
# In limits of wall time: what a file may take that goes on telling of pages read, five hours as a rule.
_LONGEST: Final = 60
# A worker gets no secrets: neither passwords nor the address of the database.
_PASSED_ON: Final = (
    "PATH",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
    "TMPDIR",
    "LANG",
    "SYSTEMROOT",
    "TESSDATA_PREFIX",
)

log = logging.getLogger(__name__)


class _Died(Exception):
    """The worker ended without an answer."""


@dataclass(frozen=True)
class Limits:
    """What one file may use; of time, from one page that it tells of to the next."""

    wall_s: float = 300.0
    cpu_s: int = 240
    memory_mb: int = 2048


@dataclass
class _Worker:
    process: asyncio.subprocess.Process
    files: int = 0
    idle_since: float = field(default_factory=time.monotonic)

    async def ask(self, original: Original, alive: Callable[[], None]) -> bytes:
        """Raises `_Died`. `alive` is called whenever the worker says how far it has come."""
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise _Died
        request = {
            "path": str(original.path),
            "filename": original.filename,
            "media_type": original.media_type,
            "workspace": str(original.workspace),
        }
        self.files += 1
        try:
            frame = json.dumps(request).encode()
            stdin.write(LENGTH.pack(len(frame)) + frame)
            await stdin.drain()
            while True:
                (length,) = LENGTH.unpack(await stdout.readexactly(LENGTH.size))
                if length > _LARGEST_ANSWER:
                    raise _Died
                answer = await stdout.readexactly(length)
                progress = progress_of(answer)
                if progress is None:
                    return answer
                alive()
                original.told(*progress)
        except (OSError, asyncio.IncompleteReadError) as error:
            raise _Died from error

    async def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        # asyncio learns of the end only once everything that the worker wrote is read.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_S):
                while self.process.stdout and await self.process.stdout.read(65_536):
                    pass
                await self.process.wait()


class ParsePool:
    """At most `size` workers; each is stopped after `idle_s` seconds without work."""

    def __init__(self, size: int = 1, *, limits: Limits | None = None, idle_s: float = 60.0) -> None:
        self._slots = asyncio.Semaphore(size)
        self._limits = limits or Limits()
        self._idle_s = idle_s
        self._idle: list[_Worker] = []
        self._sweeper: asyncio.Task[None] | None = None

    @property
    def idle_workers(self) -> int:
        """Workers that run and have nothing to do."""
        return len(self._idle)

    async def read(self, original: Original) -> Extract:
        """Read a file in a worker.

        Raises:
            Unprocessable: `file.unreadable` also when the worker crashed on it twice, `file.timeout` when it took too
                long; otherwise as `reader.read`.
            Unsupported: as `reader.read`.
        """
        async with self._slots:
            try:
                return await self._read(original)
            except _Died:
                # Perhaps an earlier file left the worker ill: once more, with a fresh one.
                log.warning("a parse worker died; trying once more")
            try:
                return await self._read(original, fresh=True)
            except _Died as error:
                raise Unprocessable(
                    "file.unreadable", "Filen går inte att läsa: läsaren kraschade. (The file made the reader crash.)"
                ) from error

    async def close(self) -> None:
        """Stop every idle worker."""
        if self._sweeper:
            self._sweeper.cancel()
            self._sweeper = None
        while self._idle:
            await self._idle.pop().stop()

    async def _read(self, original: Original, *, fresh: bool = False) -> Extract:
        worker = self._idle.pop() if self._idle and not fresh else await self._start()
        kept = False
        try:
            clock = asyncio.get_running_loop().time
            longest = clock() + self._limits.wall_s * _LONGEST
            async with asyncio.timeout(self._limits.wall_s) as limit:
                # Hundreds of scanned pages take longer than any file that stands still may.
                answer = await worker.ask(
                    original, lambda: limit.reschedule(min(longest, clock() + self._limits.wall_s))
                )
            kept = worker.files < _FILES_A_WORKER
            return extract_of(answer)
        except TimeoutError as error:
            raise Unprocessable(
                "file.timeout",
                f"Filen tog mer än {self._limits.wall_s:.0f} sekunder att läsa. (The file took too long to read.)",
            ) from error
        except PlatformError:
            raise
        except ValueError as error:
            kept = False
            raise _Died from error
        finally:
            await self._put_back(worker, kept=kept)

    async def _put_back(self, worker: _Worker, *, kept: bool) -> None:
        if not kept:
            await worker.stop()
            return
        worker.idle_since = time.monotonic()
        self._idle.append(worker)
        if self._sweeper is None or self._sweeper.done():
            self._sweeper = asyncio.create_task(self._sweep())

    async def _start(self) -> _Worker:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "allmanning.ingest.read.worker",
            str(self._limits.memory_mb),
            str(self._limits.cpu_s),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # Parsers complain with words from the file, which do not belong in a log.
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        )
        return _Worker(process)

    async def _sweep(self) -> None:
        while self._idle:
            await asyncio.sleep(self._idle_s / 2)
            too_old = time.monotonic() - self._idle_s
            stopped = [worker for worker in self._idle if worker.idle_since <= too_old]
            self._idle = [worker for worker in self._idle if worker.idle_since > too_old]
            for worker in stopped:
                await worker.stop()
