"""Follow an answer as the generate service releases it, sentence by sentence."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import anyio

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.generate.v1.generate_pb import (
    AnswerRequest,
    AnswerResponse,
    Finished,
    Matter,
    Message,
    Opened,
    Queued,
    Sentence,
    Wording,
)
from allmanning.gateway.parts import Parts
from allmanning.gateway.shapes import OUTCOMES
from allmanning.runtime import subjects
from allmanning.runtime.errors import PlatformError, Unavailable

# Proxies close a connection that is silent for a minute; a quarter of that is safe.
ALIVE_EVERY_S: Final = 15.0
_END_S: Final = 1.0

# What an answer says next: where it waits, a sentence, its end, or (None) nothing for 15 s while the work goes on.
Said: TypeAlias = Queued | Sentence | Finished | None


@dataclass(frozen=True)
class Question:
    """What somebody asks: the conversation, oldest first, its last message the question."""

    principal: Principal
    messages: Sequence[Message]
    max_tokens: int = 0
    conversation_id: str = ""
    collections: Sequence[str] = field(default=())
    matter: Matter = field(default_factory=Matter)
    wording: Wording = field(default_factory=Wording)
    batch: bool = False
    """Nobody waits at a screen."""
    easy_read: bool = False
    evaluation: bool = False
    """Somebody measures the answers: nobody's use."""

    def request(self) -> AnswerRequest:
        return AnswerRequest(
            principal=self.principal,
            messages=list(self.messages),
            conversation_id=self.conversation_id,
            max_tokens=self.max_tokens,
            collections=list(self.collections),
            matter=self.matter,
            wording=self.wording,
            batch=self.batch,
            easy_read=self.easy_read,
            evaluation=self.evaluation,
        )


class Answer:
    """One answer under way. Iterate once; `close` tells the service to stop, if it has not finished."""

    def __init__(self, parts: Parts, question: Question) -> None:
        self._metrics = parts.metrics
        self._events = parts.bus.stream(
            subjects.GENERATE_ANSWER,
            question.request(),
            AnswerResponse,
            idle_timeout_s=parts.settings.answer_silence_s,
        )
        self._next: asyncio.Task[AnswerResponse] | None = None
        self._started = time.perf_counter()
        self._said = self._ended = False
        self.decision_id = ""
        self.sentences: list[Sentence] = []

    async def events(self) -> AsyncIterator[Said]:
        """Places in the queue, sentences, then the end; None after each 15 s in which nothing came.

        Raises:
            PlatformError: what the service says, also `audit.unavailable`.
            Unavailable: `generate.interrupted`, when the stream ends before the answer does.
        """
        while True:
            event = await self._following()
            if event is None:
                yield None
                continue
            match event.event.value if event.event else None:
                case Opened() as opened:
                    self.decision_id = opened.decision_id
                case Queued() as queued:
                    yield queued
                case Sentence() as sentence:
                    self._note_first_words()
                    self.sentences.append(sentence)
                    yield sentence
                case Finished() as finished:
                    self._note_end(finished)
                    yield finished
                    return
                case _:
                    # A newer service may send events that this version does not know.
                    continue

    async def finished(self) -> Finished:
        """The whole answer. Raises like `events`."""
        async for event in self.events():
            if isinstance(event, Finished):
                return event
        raise _interrupted()

    async def _following(self) -> AnswerResponse | None:
        self._next = self._next or asyncio.ensure_future(anext(self._events))
        done, _ = await asyncio.wait({self._next}, timeout=ALIVE_EVERY_S)
        if not done:
            return None
        finished, self._next = self._next, None
        try:
            return finished.result()
        except StopAsyncIteration as error:
            raise _interrupted() from error

    async def close(self) -> None:
        """Stop the service's work on it. Safe at any time, also while the caller is being cancelled."""
        with anyio.CancelScope(shield=True):
            if self._next is not None:
                self._next.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await self._next
            if self._ended:
                # The stream's end comes together with the answer's; who leaves before it is taken for one who gave up.
                with contextlib.suppress(PlatformError, TimeoutError):
                    async with asyncio.timeout(_END_S):
                        async for _ in self._events:
                            """Nothing is said after the end."""
            await self._events.aclose()

    def _note_first_words(self) -> None:
        if not self._said:
            self._said = True
            self._metrics.first_words(time.perf_counter() - self._started)

    def _note_end(self, finished: Finished) -> None:
        self._ended = True
        self.decision_id = finished.decision_id or self.decision_id
        outcome = OUTCOMES.get(finished.outcome, "unknown")
        self._metrics.answer_done(outcome, finished.prompt_tokens, finished.completion_tokens)


def _interrupted() -> Unavailable:
    return Unavailable("generate.interrupted", "Svaret avbröts innan det var klart. Försök igen om en stund.")


def remainder(finished: Finished, said: str) -> str:
    """What of the whole text has not been said sentence by sentence: all of it, for a notice."""
    if finished.text.startswith(said):
        return finished.text[len(said) :]
    return "" if said else finished.text
