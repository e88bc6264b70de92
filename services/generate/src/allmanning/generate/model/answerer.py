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
from allmanning.generate.guard.leaks import Leaks
from allmanning.generate.model.again import Again
from allmanning.generate.model.checked import Checked
from allmanning.generate.model.failures import failure_of, interrupted, late
from allmanning.generate.model.pool.replica import Standing
from allmanning.generate.model.protocol import ChatModel, OnChunk
from allmanning.generate.model.reader import TOO_LONG, SentenceReader
from allmanning.generate.model.rewriting import Rewriting
from allmanning.generate.model.server import ModelServer
from allmanning.generate.pipeline import load
from allmanning.generate.prompt import AnswerPrompt
from allmanning.generate.support.verifier import Verifier
from allmanning.runtime.record import Json

_PROMPT: Final = "prompt"
_CHAT: Final = "chat"
_CITE: Final = "cite"
_TOO_SLOW: Final = "too_slow"
# No language has longer tokens on average; a server that sends more does not keep to the limit it was given.
_CHARACTERS_A_TOKEN: Final = 12


@runtime_checkable
class _Pooled(Protocol):
    def capacity(self) -> int: ...

    def standing(self) -> Sequence[Standing]: ...

    def bind(self, server: ModelServer) -> None: ...


class ModelAnswerer:
    """An answerer whose pipeline has the components `prompt`, `chat` and `cite`."""

    def __init__(
        self,
        definition: bytes,
        server: ModelServer,
        verifier: Verifier | None = None,
        *,
        most_again: int = 2,
        longest_s: float = 180.0,
    ) -> None:
        """`most_again`: sentences of one answer that are asked for again when their source does not carry them.

        `longest_s`: a model that has not ended by then is not listened to any longer.
        """
        self.model = server.name or "unnamed"
        self._pooled: _Pooled | None = None
        self._pipeline = load(definition)
        self._cite = cast("CiteSentences", self._pipeline.get_component(_CITE))
        chat = self._pipeline.get_component(_CHAT)
        self._rewriting = Rewriting(cast("ChatModel", chat))
        self._chat = cast("ChatModel", chat)
        template = self._pipeline.get_component(_PROMPT)
        wording = template.source if isinstance(template, AnswerPrompt) else b""
        if isinstance(template, AnswerPrompt):
            template.fit(server.context_tokens, server.max_tokens)
        self._again = Again(cast("ChatModel", chat))
        self._verifier = verifier or Verifier()
        self._most_again = most_again
        self._longest_s = longest_s
        self._leaks = Leaks(wording.decode(), self._again.source.decode(), self._rewriting.source.decode())
        self.prompt = b"\n".join((wording, self._rewriting.source, self._again.source, definition))
        if isinstance(chat, _Pooled):
            chat.bind(server)
            self._pooled = chat
        ours = isinstance(template, AnswerPrompt) and self._pooled is not None
        self._straight = template if ours and set(self._pipeline.graph) == {_PROMPT, _CHAT, _CITE} else None
        self.most_tokens = server.max_tokens
        self._set: Mapping[str, Json] = {
            "temperature": server.temperature,
            "seed": server.seed,
            "stop": list(server.stop),
            "max_tokens": server.max_tokens,
        }
        self._temperature = server.temperature
        self._max_tokens = server.max_tokens
        self._most_characters = _CHARACTERS_A_TOKEN * server.max_tokens

    @property
    def capacity(self) -> int | None:
        return self._pooled.capacity() if self._pooled else None

    @property
    def replicas(self) -> Sequence[Standing]:
        """How its servers are now; none are known of a chat generator of the operator's own."""
        return self._pooled.standing() if self._pooled else ()

    async def warm_up(self) -> None:
        self._verifier.load()
        await self._pipeline.warm_up_async()

    async def close(self) -> None:
        await self._pipeline.close_async()

    async def query(self, asking: Asking, language: str) -> str:
        return await self._rewriting.query(asking, language)

    async def answer(self, task: Task) -> AsyncGenerator[Draft, None]:
        """Drafts as the model writes; see `draft.Answerer` for the errors."""
        reader = SentenceReader(self._most_characters)
        checked = Checked(
            task, self._cite, self._verifier, self._again, self._leaks, most_again=self._most_again
        )  # fmt: skip
        ready: asyncio.Queue[list[str] | None] = asyncio.Queue()
        wrote: list[str] = []
        attempts: Sequence[dict[str, Json]] = ()

        async def on_chunk(chunk: StreamingChunk) -> None:
            nonlocal attempts
            attempts = chunk.meta.get("attempts", attempts)
            if chunk.content:
                wrote.append(chunk.content[: self._most_characters])
                said = reader.feed(chunk.content)
                # Most tokens end no sentence: whoever waits for one need not be woken.
                if said or reader.stopped:
                    ready.put_nowait(said)

        deadline = asyncio.get_running_loop().time() + self._longest_s
        running = asyncio.create_task(self._run(task, on_chunk))
        running.add_done_callback(lambda _: ready.put_nowait(None))
        try:
            while (said := await _before(deadline, ready)) is not None:
                if said := _with_waiting(said, ready):
                    draft = await checked.draft(said)
                    if draft.sentences or draft.dropped:
                        yield replace(draft, attempts=attempts)
                if asyncio.get_running_loop().time() > deadline:
                    if not checked.begun:
                        raise late()
                    checked.stopped = _TOO_SLOW
                if stopped := checked.stopped or (reader.stopped if ready.empty() else ""):
                    yield self._given_up(task, stopped, "".join(wrote), checked, attempts)
                    return
            sent, packing, reply = self._finished(running, begun=bool(wrote))
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await running
        cut_off = reply.meta["finish_reason"] == "length"
        # What did not stream is read now.
        whole = [] if wrote else reader.feed(reply.text or "")
        last = await checked.draft([*whole, *reader.finish(cut_off=cut_off)])
        usage = reply.meta.get("usage") or {}
        yield replace(
            last,
            attempts=attempts,
            figures={**last.figures, **({"packing": packing} if packing else {})},
            prompt_tokens=int(usage.get("prompt_tokens") or 0) + checked.prompt_tokens,
            completion_tokens=int(usage.get("completion_tokens") or 0) + checked.completion_tokens,
            exchange=_exchange(sent, reply, {**self._set, **self._asked(task)}, checked.asked_again),
            cut_off=cut_off,
            not_followed=self._not_followed(task),
        )

    def _given_up(
        self, task: Task, why: str, wrote: str, checked: Checked, attempts: Sequence[dict[str, Json]]
    ) -> Draft:
        """The last draft of an answer whose model is not listened to any longer."""
        return Draft(
            attempts=attempts,
            figures={**checked.figures, "stopped": why},
            exchange={
                "sampling": {**self._set, **self._asked(task)},
                "wrote": wrote[: self._most_characters],
                "asked_again": checked.asked_again,
                "finish_reason": f"stopped.{why}",
            },
            cut_off=why in (TOO_LONG, _TOO_SLOW),
            not_followed=self._not_followed(task),
        )

    def _not_followed(self, task: Task) -> tuple[str, ...]:
        return ("temperature",) if (task.temperature or 0.0) > self._temperature else ()

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

    async def _run(self, task: Task, on_chunk: OnChunk) -> dict[str, Any]:
        """What `prompt` and `chat` give.

        Haystack copies what goes from one to the other and has one of them wait for a thread: a tenth of this
        service's processor time. Where nothing else is in the pipeline, the one is simply called after the other.
        """
        asked = self._asked(task)
        if self._straight is None:
            chat = {"streaming_callback": on_chunk, **({"generation_kwargs": asked} if asked else {})}
            inputs = {_PROMPT: {"task": task}, _CHAT: chat, _CITE: {"task": task, "streamed": True}}
            return await self._pipeline.run_async(inputs, {_PROMPT, _CHAT})
        prompt = self._straight.run(task)
        return {_PROMPT: prompt, _CHAT: await self._chat.run_async(prompt["messages"], on_chunk, asked)}

    @staticmethod
    def _finished(running: asyncio.Task[dict[str, Any]], *, begun: bool) -> tuple[list[ChatMessage], Json, ChatMessage]:
        """What was sent, what had no room in it (None: a prompt of the operator's own), and the model's reply."""
        try:
            results = running.result()
        except Exception as error:
            raise failure_of(error, begun=begun) from error
        replies: list[ChatMessage] = results[_CHAT]["replies"]
        if not replies or not replies[0].meta.get("finish_reason"):
            # The connection closed before the server said that it was done.
            raise interrupted()
        return results[_PROMPT]["messages"], results[_PROMPT].get("packing"), replies[0]


async def _before(deadline: float, ready: asyncio.Queue[list[str] | None]) -> list[str] | None:
    """What is ready next; nothing when the time is up."""
    try:
        async with asyncio.timeout_at(deadline):
            return await ready.get()
    except TimeoutError:
        return []


def _with_waiting(said: list[str], ready: asyncio.Queue[list[str] | None]) -> list[str]:
    """With the sentences that were read meanwhile: what is ready together is verified and recorded together."""
    while not ready.empty():
        more = ready.get_nowait()
        if more is None:
            # The end is told next.
            ready.put_nowait(None)
            break
        said = [*said, *more]
    return said


def _exchange(
    sent: Sequence[ChatMessage], reply: ChatMessage, sampling: Mapping[str, Json], asked_again: Sequence[Json]
) -> Json:
    messages: list[Json] = [{"role": each.role.value, "text": each.text or ""} for each in sent]
    return {
        "sent": messages,
        "sampling": sampling,
        "wrote": reply.text or "",
        "model": str(reply.meta.get("model") or ""),
        "finish_reason": str(reply.meta["finish_reason"]),
        **({"asked_again": list(asked_again)} if asked_again else {}),
    }
