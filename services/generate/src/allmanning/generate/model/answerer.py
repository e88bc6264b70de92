"""The answerer with a language model: streams, checks every sentence, and drops what has no support."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol, cast, runtime_checkable

from haystack.dataclasses import ChatMessage, StreamingChunk

from allmanning.generate.cite import CiteSentences
from allmanning.generate.conversation import Asking
from allmanning.generate.draft import Draft, Task
from allmanning.generate.model.failures import failure_of, interrupted
from allmanning.generate.model.protocol import ChatModel
from allmanning.generate.model.reader import SentenceReader
from allmanning.generate.model.rewriting import Rewriting
from allmanning.generate.model.server import ModelServer
from allmanning.generate.pipeline import load
from allmanning.generate.prompt import AnswerPrompt
from allmanning.runtime.record import Json

_PROMPT: Final = "prompt"
_CHAT: Final = "chat"
_CITE: Final = "cite"


@runtime_checkable
class _Pooled(Protocol):
    def capacity(self) -> int: ...

    def bind(self, server: ModelServer) -> None: ...


class ModelAnswerer:
    """An answerer whose pipeline has the components `prompt`, `chat` and `cite`."""

    def __init__(self, definition: bytes, server: ModelServer) -> None:
        self.model = server.name or "unnamed"
        self._pooled: _Pooled | None = None
        self._pipeline = load(definition)
        self._cite = cast("CiteSentences", self._pipeline.get_component(_CITE))
        chat = self._pipeline.get_component(_CHAT)
        self._rewriting = Rewriting(cast("ChatModel", chat))
        template = self._pipeline.get_component(_PROMPT)
        wording = template.source if isinstance(template, AnswerPrompt) else b""
        self.prompt = b"\n".join((wording, self._rewriting.source, definition))
        if isinstance(chat, _Pooled):
            chat.bind(server)
            self._pooled = chat
        self.most_tokens = server.max_tokens
        self._set: Mapping[str, Json] = {
            "temperature": server.temperature,
            "seed": server.seed,
            "stop": list(server.stop),
            "max_tokens": server.max_tokens,
        }
        self._temperature = server.temperature
        self._max_tokens = server.max_tokens

    @property
    def capacity(self) -> int | None:
        return self._pooled.capacity() if self._pooled else None

    async def warm_up(self) -> None:
        await self._pipeline.warm_up_async()

    async def close(self) -> None:
        await self._pipeline.close_async()

    async def query(self, asking: Asking, language: str) -> str:
        return await self._rewriting.query(asking, language)

    async def answer(self, task: Task) -> AsyncGenerator[Draft, None]:
        """Drafts as the model writes; see `draft.Answerer` for the errors."""
        reader = SentenceReader()
        ready: asyncio.Queue[list[str] | None] = asyncio.Queue()
        streamed = False
        attempts: Sequence[dict[str, Json]] = ()

        async def on_chunk(chunk: StreamingChunk) -> None:
            nonlocal streamed, attempts
            attempts = chunk.meta.get("attempts", attempts)
            if chunk.content:
                streamed = True
                ready.put_nowait(reader.feed(chunk.content))

        running = asyncio.create_task(self._pipeline.run_async(self._inputs(task, on_chunk), {_PROMPT, _CHAT}))
        running.add_done_callback(lambda _: ready.put_nowait(None))
        try:
            while (said := await ready.get()) is not None:
                if said and (draft := self._cite.cite(task, said)) and (draft.sentences or draft.dropped):
                    yield replace(draft, attempts=attempts)
            sent, reply, whole = self._finished(running, begun=streamed)
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await running
        cut_off = reply.meta["finish_reason"] == "length"
        last = self._cite.cite(task, reader.finish(cut_off=cut_off)) if streamed else whole
        usage = reply.meta.get("usage") or {}
        yield replace(
            last,
            attempts=attempts,
            prompt_tokens=int(usage.get("prompt_tokens") or 0),
            completion_tokens=int(usage.get("completion_tokens") or 0),
            exchange=_exchange(sent, reply, {**self._set, **self._asked(task)}),
            cut_off=cut_off,
            not_followed=("temperature",) if (task.temperature or 0.0) > self._temperature else (),
        )

    def _asked(self, task: Task) -> dict[str, Json]:
        """The sampling that the asker changes: shorter and calmer than the authority's, never the reverse."""
        asked: dict[str, Json] = {}
        if 0 < task.max_tokens < self._max_tokens:
            asked["max_tokens"] = task.max_tokens
        if task.temperature is not None and task.temperature < self._temperature:
            asked["temperature"] = task.temperature
        if task.seed is not None:
            asked["seed"] = task.seed
        return asked

    def _inputs(self, task: Task, on_chunk: object) -> dict[str, dict[str, object]]:
        chat: dict[str, object] = {"streaming_callback": on_chunk}
        if asked := self._asked(task):
            chat["generation_kwargs"] = asked
        return {_PROMPT: {"task": task}, _CHAT: chat, _CITE: {"task": task}}

    @staticmethod
    def _finished(
        running: asyncio.Task[dict[str, Any]], *, begun: bool
    ) -> tuple[list[ChatMessage], ChatMessage, Draft]:
        """What was sent, the model's reply, and the draft of one that did not stream."""
        try:
            results = running.result()
        except Exception as error:
            raise failure_of(error, begun=begun) from error
        replies: list[ChatMessage] = results[_CHAT]["replies"]
        if not replies or not replies[0].meta.get("finish_reason"):
            # The connection closed before the server said that it was done.
            raise interrupted()
        draft: Draft = results[_CITE]["draft"]
        return results[_PROMPT]["messages"], replies[0], draft


def _exchange(sent: Sequence[ChatMessage], reply: ChatMessage, sampling: Mapping[str, Json]) -> Json:
    messages: list[Json] = [{"role": each.role.value, "text": each.text or ""} for each in sent]
    return {
        "sent": messages,
        "sampling": sampling,
        "wrote": reply.text or "",
        "model": str(reply.meta.get("model") or ""),
        "finish_reason": str(reply.meta["finish_reason"]),
    }
