"""One request's way through a pool: asked of one replica, and of another when the first fails or is late."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Final, Protocol

from haystack.dataclasses import ChatMessage, StreamingChunk

from allmanning.generate.model.failures import failure_of
from allmanning.generate.model.pool.asking import Asking
from allmanning.generate.model.pool.attempts import CANCELLED, SLOWER, Attempt, AttemptsFailed
from allmanning.generate.model.pool.replica import Replica
from allmanning.generate.model.protocol import OnChunk, Replies
from allmanning.runtime.errors import PlatformError

# After that many replicas have failed, the next would most likely too, and somebody waits.
MOST_ATTEMPTS: Final = 3
# Another replica might do better with these; a late one was already helped by asking a second.
_WORTH_ANOTHER: Final = frozenset({"model.unavailable", "model.busy", "model.interrupted"})


class Course(Protocol):
    """What a race needs of its pool."""

    timeout_s: float

    def take(self, but: Collection[Replica]) -> Replica:
        """A replica with a free place, which is then taken. Raises the platform's error when there is none."""
        ...

    def give_back(self, replica: Replica, failed: BaseException | None, *, given_up: bool, begun: bool) -> None:
        """The place is free again; `failed`: why it gave no answer."""
        ...

    def hedge_after_s(self) -> float | None:
        """How late the first words may be before a second replica is asked; None: none is."""
        ...

    def began(self, replica: Replica, seconds: float) -> None:
        """First words after so long."""
        ...


class Race:
    """Runs once. The first replica with words wins; the others are cancelled, which their servers see."""

    def __init__(self, course: Course, on_chunk: OnChunk, *, max_tokens: int) -> None:
        self._course = course
        self._on_chunk = on_chunk
        self._max_tokens = max_tokens
        self._running: dict[asyncio.Task[Replies], tuple[Asking, Attempt]] = {}
        self._asked: list[Replica] = []
        self._winner: Asking | None = None
        self.attempts: list[Attempt] = []

    async def run(self, messages: Sequence[ChatMessage], generation_kwargs: Mapping[str, object]) -> Replies:
        """The winner's whole reply; the attempts stand in the `meta` of its first chunk with words.

        Raises:
            AttemptsFailed: from the platform's error of the last replica.
        """
        try:
            return await self._run(messages, generation_kwargs)
        finally:
            for task in self._running:
                task.cancel()
            for task, (asking, attempt) in self._running.items():
                attempt.left = attempt.left or CANCELLED
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await task
                self._course.give_back(asking.replica, None, given_up=True, begun=asking is self._winner)

    async def _run(self, messages: Sequence[ChatMessage], generation_kwargs: Mapping[str, object]) -> Replies:
        self._ask(self._replica(None), messages, generation_kwargs)
        late_after_s = self._course.hedge_after_s()
        while True:
            waiting = self._winner is None and late_after_s is not None and len(self._running) == 1
            done, _ = await asyncio.wait(
                self._running, timeout=late_after_s if waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                late_after_s = None
                # Without a second replica that is free, the first has all the time there is.
                with contextlib.suppress(PlatformError):
                    self._ask(self._course.take(self._asked), messages, generation_kwargs)
                continue
            failed: PlatformError | None = None
            for task in done:
                reply, error = self._ended(task)
                if reply is not None:
                    return reply
                failed = error or failed
            if failed is None or self._running:
                continue
            self._ask(self._replica(failed), messages, generation_kwargs)

    def _ask(self, replica: Replica, messages: Sequence[ChatMessage], generation_kwargs: Mapping[str, object]) -> None:
        asking = Asking(replica, timeout_s=self._course.timeout_s, max_tokens=self._max_tokens, heard=self._heard)
        attempt = Attempt(replica.number)
        self._asked.append(replica)
        self.attempts.append(attempt)
        task = asyncio.create_task(asking.run(messages, generation_kwargs))
        self._running[task] = (asking, attempt)

    def _replica(self, failed: PlatformError | None) -> Replica:
        """The next one to ask, when asking another makes sense."""
        begun = self._winner is not None
        if failed and (begun or failed.code not in _WORTH_ANOTHER or len(self._asked) >= MOST_ATTEMPTS):
            raise AttemptsFailed(self.attempts) from failed
        try:
            return self._course.take(self._asked)
        except PlatformError as error:
            raise AttemptsFailed(self.attempts) from (failed or error)

    def _ended(self, task: asyncio.Task[Replies]) -> tuple[Replies | None, PlatformError | None]:
        """The reply, or the error, or neither of one that was given up."""
        asking, attempt = self._running.pop(task)
        begun = asking is self._winner
        if task.cancelled():
            self._course.give_back(asking.replica, None, given_up=True, begun=False)
            return None, None
        error = task.exception()
        self._course.give_back(asking.replica, error, given_up=False, begun=begun)
        if error is None:
            self._leave_others(asking)
            return task.result(), None
        failure = failure_of(error, begun=begun)
        failure.__cause__ = failure.__cause__ or (error if failure is not error else None)
        attempt.left = failure.code
        return None, failure

    async def _heard(self, asking: Asking, chunk: StreamingChunk) -> None:
        if self._winner is None and (chunk.content or chunk.reasoning):
            self._winner = asking
            self._course.began(asking.replica, time.monotonic() - asking.started)
            self._leave_others(asking)
            chunk.meta["attempts"] = [each.as_json() for each in self.attempts]
        if self._winner is asking:
            await self._on_chunk(chunk)

    def _leave_others(self, winner: Asking) -> None:
        for task, (asking, attempt) in self._running.items():
            if asking is not winner:
                attempt.left = SLOWER
                task.cancel()
