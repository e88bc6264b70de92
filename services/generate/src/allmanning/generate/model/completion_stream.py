"""A streamed chat completion, read event by event.

OpenAI's own client builds a tree of objects for every token, which took three quarters of the processor time that a
token cost us: 241 µs with it, 60 µs without (3,000 tokens as fast as the connection took them).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator
from typing import Final, cast

import httpx2
from haystack.dataclasses import ChatMessage, ReasoningContent, StreamingChunk

from allmanning.generate.model.failures import interrupted
from allmanning.generate.model.protocol import OnChunk, Replies

_DONE: Final = "[DONE]"
# A connection that has been read to its end serves the next question too; most ends come with the last event.
_END_S: Final = 0.2


class CompletionStream:
    """Collects the pieces; what came in one packet goes on as one."""

    def __init__(self, on_chunk: OnChunk) -> None:
        self._on_chunk = on_chunk
        self._text: list[str] = []
        self._finish_reason = ""
        self._model = ""
        self._usage: object = None
        self._rest = ""
        self._done = False

    async def read(self, response: httpx2.Response) -> Replies:
        """The whole reply; without a finish reason when the server did not come that far.

        Raises:
            Unavailable: `model.interrupted`, for an error or anything else than events of a
                completion.
        """
        packets = response.aiter_text()
        async for packet in packets:
            events = [self._event(each) for each in self._completed(packet)]
            if events:
                await self._tell("".join(said for said, _ in events), "".join(thought for _, thought in events))
            if self._done:
                break
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_END_S):
                async for _ in packets:
                    """Nothing is said after the end."""
        meta = {"finish_reason": self._finish_reason, "model": self._model, "usage": self._usage, "index": 0}
        return {"replies": [ChatMessage.from_assistant("".join(self._text), meta=meta)]}

    async def _tell(self, words: str, thoughts: str) -> None:
        self._text.append(words)
        reasoning = ReasoningContent(thoughts) if thoughts and not words else None
        await self._on_chunk(StreamingChunk(words, index=0 if reasoning else None, reasoning=reasoning))

    def _completed(self, text: str) -> Iterator[str]:
        """The data of the events that this text completes (HTML Living Standard §9.2.6)."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            data = line[5:].strip() if line.startswith("data:") else ""
            if data == _DONE:
                self._done = True
                return
            if data:
                yield data

    def _event(self, data: str) -> tuple[str, str]:
        """The words of one event, and what the model thought to itself."""
        try:
            event = json.loads(data)
            if event.get("error"):
                raise interrupted()
            self._model = str(event.get("model") or self._model)
            self._usage = event.get("usage") or self._usage
            if not event.get("choices"):
                return "", ""
            choice = event["choices"][0]
            self._finish_reason = str(choice.get("finish_reason") or self._finish_reason)
            delta = choice.get("delta") or {}
            thought = delta.get("reasoning_content") or delta.get("reasoning") or ""
            return cast("str", delta.get("content") or "") + "", cast("str", thought) + ""
        except (ValueError, TypeError, AttributeError, LookupError) as error:
            raise interrupted() from error
