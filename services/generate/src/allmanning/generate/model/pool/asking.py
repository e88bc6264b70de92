"""One request at one replica, held within limits that no server can stretch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from haystack.dataclasses import ChatMessage, StreamingChunk

from allmanning.generate.model.failures import interrupted
from allmanning.generate.model.pool.replica import Replica
from allmanning.generate.model.protocol import Replies

# The longest words that real tokenisers hold as one token are this long; more is no language.
_CHARS_A_TOKEN: Final = 24
# Servers send about one event a token, some of them empty (a role, a part of a letter).
_EVENTS_A_TOKEN: Final = 4
_MORE_EVENTS: Final = 64

Heard = Callable[["Asking", StreamingChunk], Awaitable[None]]


class _Enough(asyncio.CancelledError):
    """Ends the stream. A cancellation, because that is what makes Haystack's component close its connection."""


class Asking:
    """Streams one replica's answer to `heard`.

    The answer ends as if the model had come to its token limit when it is longer than `max_tokens` could be.
    """

    def __init__(self, replica: Replica, *, timeout_s: float, max_tokens: int, heard: Heard) -> None:
        self.replica = replica
        self.started = time.monotonic()
        self._timeout_s = timeout_s
        self._heard = heard
        self._chars_left = max_tokens * _CHARS_A_TOKEN
        self._events_left = max_tokens * _EVENTS_A_TOKEN + _MORE_EVENTS
        self._text: list[str] = []
        self._clock: asyncio.Timeout | None = None
        self._enough = False

    async def run(self, messages: Sequence[ChatMessage], generation_kwargs: Mapping[str, object]) -> Replies:
        """The whole reply.

        Raises:
            TimeoutError: no new words for `timeout_s`; other signs of life (comments, empty events) don't count.
            Unavailable: `model.interrupted`: the stream ended before the server said that it was done.
        """
        try:
            async with asyncio.timeout(self._timeout_s) as self._clock:
                replies = await self.replica.connection.chat(messages, self._take, generation_kwargs)
        except _Enough:
            replies = None
        if self._enough or replies is None:
            meta = {"finish_reason": "length", "usage": None, "model": ""}
            return {"replies": [ChatMessage.from_assistant("".join(self._text), meta=meta)]}
        if not replies["replies"] or not replies["replies"][0].meta.get("finish_reason"):
            raise interrupted()
        return replies

    async def _take(self, chunk: StreamingChunk) -> None:
        self._events_left -= 1
        if len(chunk.content) > self._chars_left:
            chunk = replace(chunk, content=chunk.content[: self._chars_left])
            self._enough = True
        self._chars_left -= len(chunk.content)
        self._enough |= self._events_left <= 0
        self._text.append(chunk.content)
        if (chunk.content or chunk.reasoning) and self._clock is not None and not self._clock.expired():
            self._clock.reschedule(asyncio.get_running_loop().time() + self._timeout_s)
        await self._heard(self, chunk)
        if self._enough:
            raise _Enough
