"""Check the files of leaves on every core, one file at a time each; results come in the files' order."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Final

from allmanning.audit.verify.archive import Archive, Source
from allmanning.audit.verify.chunk import ChunkChecker, Found, Task, checker
from allmanning.audit.verify.report import Unreadable

# A process takes about a second to start; a file of 4,096 leaves takes a tenth.
_FILES_WORTH_A_PROCESS: Final = 16
_MAX_PROCESSES: Final = 8
# How many results may wait for their turn, for each process.
_AHEAD: Final = 2

_here: ChunkChecker | None = None


def _start(source: Source, authority: str, chosen: frozenset[str] | None) -> None:
    global _here  # noqa: PLW0603 -- what a process is started with has no other place
    _here = checker(Archive(source), authority, chosen)


def _check(task: Task) -> Found:
    assert _here is not None  # noqa: S101 -- `_start` ran in this process
    return _here.check(task)


class Crew:
    """Processes that share the work; none but this one when there is little of it, or the bundle is in memory."""

    def __init__(self, source: Source, here: ChunkChecker) -> None:
        self._source = source
        self._here = here
        self._pool: ProcessPoolExecutor | None = None

    def close(self) -> None:
        """End the processes."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def check(self, tasks: Sequence[Task]) -> Iterator[Found]:
        """The results in the order of the tasks; few of them are in memory at a time."""
        processes = min(os.cpu_count() or 1, _MAX_PROCESSES)
        if isinstance(self._source, bytes) or len(tasks) < _FILES_WORTH_A_PROCESS or processes < 2:
            yield from map(self._here.check, tasks)
            return
        self._pool = ProcessPoolExecutor(
            processes,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start,
            initargs=(self._source, self._here.authority, self._here.chosen),
        )
        waiting: deque[Future[Found]] = deque()
        try:
            for task in tasks:
                waiting.append(self._pool.submit(_check, task))
                if len(waiting) >= _AHEAD * processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise Unreadable("archive", "verify.interrupted", "Kontrollen avbröts: en process dog.", True) from error
