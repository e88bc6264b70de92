"""A process that has loaded readers, and forks a child for each file: the service's side of `worker`."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Final, Self

from allmanning.ingest.read.original import Original
from allmanning.ingest.sandbox import wire
from allmanning.ingest.sandbox.ending import Ending, Limits, too_slow
from allmanning.ingest.sandbox.worker import ENDING, READY
from allmanning.runtime.errors import Unavailable

# Loading the readers takes a second on a machine with nothing else to do.
_START_S: Final = 120.0
# An answer is complete before its process has ended.
_LEAVE_S: Final = 5.0
_STOP_S: Final = 5.0
# No secrets: neither passwords nor the address of the database.
_PASSED_ON: Final = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "TESSDATA_PREFIX", "LANG", "LC_ALL", "TZ")
# A process with threads must not be forked, and a pool of workers is parallel already.
_ONE_THREAD: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)


class Crashed(Exception):
    """The process ended without an answer; `ending` is unknown when its template ended too."""

    def __init__(self, ending: Ending | None) -> None:
        super().__init__(ending)
        self.ending = ending


@dataclass
class Template:
    """Ready to read any number of files at once."""

    process: asyncio.subprocess.Process
    control: socket.socket
    limits: Limits
    reading: int = 0
    _idle_since: float = field(default_factory=time.monotonic)

    @classmethod
    async def start(cls, module: str, limits: Limits) -> Self:
        """Raises `Unavailable`: `reader.broken`, when it does not start."""
        control, theirs = socket.socketpair()
        control.setblocking(False)
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                # Not the folder the service was started in: a reading process may read what Python loads code from.
                "-P",
                "-m",
                module,
                *map(str, (limits.memory_mb, limits.cpu_s, limits.longest, limits.file_mb)),
                stdin=theirs.fileno(),
                stdout=asyncio.subprocess.DEVNULL,
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ} | _ONE_THREAD,
                start_new_session=True,
            )
        template = cls(process, control, limits)
        said = b""
        try:
            async with asyncio.timeout(_START_S):
                said = await asyncio.get_running_loop().sock_recv(control, len(READY))
        except (OSError, TimeoutError) as error:
            raise _broken() from error
        finally:
            if said != READY:
                await template.stop()
        if said != READY:
            raise _broken()
        return template

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    @property
    def idle_s(self) -> float:
        """Seconds since it had its last file."""
        return time.monotonic() - self._idle_since

    async def read(self, original: Original) -> bytes:
        """The answer to a file, read in a child of its own that has ended when this returns.

        Raises:
            Crashed: there is none.
            Unprocessable: `file.timeout`, `file.cpu`, `file.memory`.
        """
        self.reading += 1
        outcome, outcome_theirs = socket.socketpair()
        outcome.setblocking(False)
        try:
            answer = await self._ask(original, outcome_theirs)
        except TimeoutError as error:
            await self._ended(outcome, within_s=0)
            raise too_slow(self.limits.wall_s) from error
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            ending = await self._ended(outcome)
            exceeded = ending.exceeded(self.limits) if ending else None
            raise exceeded or Crashed(ending) from error
        else:
            await self._ended(outcome)
            return answer
        finally:
            # Whatever happened, this kills a child that is still there.
            outcome.close()
            self.reading -= 1
            self._idle_since = time.monotonic()

    async def stop(self) -> None:
        """End it, and its children with it."""
        self.control.close()
        try:
            async with asyncio.timeout(_STOP_S):
                await self.process.wait()
        except TimeoutError:
            self._kill()
            await self.process.wait()

    async def _ask(self, original: Original, outcome: socket.socket) -> bytes:
        channel, theirs = socket.socketpair()
        with theirs, outcome:
            reader, writer = await asyncio.open_unix_connection(sock=channel)
            writer.write(wire.framed(wire.request_of(original)))
            socket.send_fds(self.control, [b"r"], [theirs.fileno(), outcome.fileno()])
        try:
            clock = asyncio.get_running_loop().time
            longest = clock() + self.limits.wall_s * self.limits.longest
            async with asyncio.timeout(self.limits.wall_s) as limit:
                while True:
                    (length,) = wire.LENGTH.unpack(await reader.readexactly(wire.LENGTH.size))
                    if length > wire.LARGEST_ANSWER:
                        raise ValueError("too long an answer")
                    answer = await reader.readexactly(length)
                    progress = wire.progress_of(answer)
                    if progress is None:
                        return answer
                    # Hundreds of scanned pages take longer than any file that stands still may.
                    limit.reschedule(min(longest, clock() + self.limits.wall_s))
                    original.told(*progress)
        finally:
            writer.close()

    async def _ended(self, outcome: socket.socket, *, within_s: float = _LEAVE_S) -> Ending | None:
        """How the child ended, which is killed if it has not within this time; None when its template can't say."""
        loop = asyncio.get_running_loop()
        said = b""
        try:
            async with asyncio.timeout(within_s):
                said = await loop.sock_recv(outcome, ENDING.size)
        except TimeoutError:
            with contextlib.suppress(OSError):
                outcome.shutdown(socket.SHUT_WR)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STOP_S):
                    said = await loop.sock_recv(outcome, ENDING.size)
        if len(said) == ENDING.size:
            return Ending(*ENDING.unpack(said))
        # It has ended, or does not even kill; its children end with it.
        self._kill()
        await self.process.wait()
        return None

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()


def _broken() -> Unavailable:
    return Unavailable("reader.broken", "Läsarna av dokument startar inte. Orsaken står i tjänstens logg.")
