"""A streamed answer as OpenAI's chunks: role, words, the finish with its grounds, usage if wanted, `[DONE]`."""

from __future__ import annotations

import time
from collections.abc import Iterator

from allmanning.contracts.generate.v1.generate_pb import Finished, Queued, Sentence
from allmanning.gateway.answers import Said
from allmanning.gateway.api.chat_request import MODEL
from allmanning.gateway.api.completion import Chunk, ChunkChoice, Delta, fingerprint, finish_reason, usage
from allmanning.gateway.api.grounds import Teller
from allmanning.gateway.api.wording import Words
from allmanning.gateway.events import ALIVE, DONE, comment, event


class Chunks:
    """Writes the lines of one stream."""

    def __init__(self, teller: Teller, words: Words, *, with_usage: bool) -> None:
        self.language = teller.language
        self._teller = teller
        self._words = words
        self._with_usage = with_usage
        self._created = int(time.time())
        self._id = ""

    def begin(self, decision_id: str) -> str:
        """The first line, which tells who speaks."""
        self._id = f"chatcmpl-{decision_id}"
        first = self._chunk(Delta(role="assistant", content=""))
        first["allmanning"] = self._teller.opening(decision_id)
        return event(first)

    def lines(self, said: Said) -> Iterator[str]:
        """The lines that tell of one event of the answer."""
        match said:
            case None:
                yield ALIVE
            case Queued():
                # A comment, which every client of OpenAI's passes over.
                yield comment({"queue": {"position": said.position, "expected_wait_s": said.expected_wait_s}})
            case Sentence():
                if piece := self._words.sentence(said):
                    yield event(self._chunk(Delta(content=piece)))
            case Finished():
                yield from self._end(said)

    def _end(self, finished: Finished) -> Iterator[str]:
        grounds = self._teller.grounds(finished)
        if rest := self._words.rest(finished, grounds):
            yield event(self._chunk(Delta(content=rest)))
        last = self._chunk(Delta(), finish_reason(finished))
        last["system_fingerprint"] = fingerprint(finished.pins)
        last["allmanning"] = grounds
        yield event(last)
        if self._with_usage:
            total = self._chunk(Delta())
            total["choices"] = []
            total["usage"] = usage(finished)
            yield event(total)
        yield DONE

    def _chunk(self, delta: Delta, finish: str | None = None) -> Chunk:
        chunk = Chunk(
            id=self._id,
            object="chat.completion.chunk",
            created=self._created,
            model=MODEL,
            choices=[ChunkChoice(index=0, delta=delta, finish_reason=finish, logprobs=None)],
        )
        if self._with_usage:
            # With include_usage every chunk has the field, null in all but the last.
            chunk["usage"] = None
        return chunk
