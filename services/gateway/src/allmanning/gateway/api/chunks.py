"""A streamed answer as OpenAI's chunks: role, words, the finish with its grounds, usage if wanted, `[DONE]`."""

from __future__ import annotations

import time
from collections.abc import Iterator

from allmanning.contracts.generate.v1.generate_pb import Finished, Sentence
from allmanning.gateway.answers import Said, remainder
from allmanning.gateway.api.completion import MODEL, Chunk, ChunkChoice, Delta, grounds, usage
from allmanning.gateway.events import ALIVE, DONE, event


class Chunks:
    """Writes the lines of one stream."""

    def __init__(self, authority: str, language: str, *, with_usage: bool) -> None:
        self.language = language
        self._authority = authority
        self._with_usage = with_usage
        self._created = int(time.time())
        self._id = ""
        self._said = ""

    def begin(self, decision_id: str) -> str:
        """The first line, which tells who speaks."""
        self._id = f"chatcmpl-{decision_id}"
        return event(self._chunk(Delta(role="assistant", content="")))

    def lines(self, said: Said) -> Iterator[str]:
        """The lines that tell of one event of the answer."""
        match said:
            case None:
                yield ALIVE
            case Sentence():
                self._said += said.text
                yield event(self._chunk(Delta(content=said.text)))
            case Finished():
                yield from self._end(said)

    def _end(self, finished: Finished) -> Iterator[str]:
        if rest := remainder(finished, self._said):
            yield event(self._chunk(Delta(content=rest)))
        last = self._chunk(Delta(), "stop")
        last["allmanning"] = grounds(finished, self._authority, self.language)
        yield event(last)
        if self._with_usage:
            total = self._chunk(Delta())
            total["choices"] = []
            total["usage"] = usage(finished)
            yield event(total)
        yield DONE

    def _chunk(self, delta: Delta, finish_reason: str | None = None) -> Chunk:
        chunk = Chunk(
            id=self._id,
            object="chat.completion.chunk",
            created=self._created,
            model=MODEL,
            choices=[ChunkChoice(index=0, delta=delta, finish_reason=finish_reason, logprobs=None)],
        )
        if self._with_usage:
            # With include_usage every chunk has the field, null in all but the last.
            chunk["usage"] = None
        return chunk
