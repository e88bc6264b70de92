"""Ask the model once more for a sentence that its source does not carry."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from haystack.dataclasses import StreamingChunk

from allmanning.generate.model.failures import failure_of
from allmanning.generate.model.protocol import ChatModel
from allmanning.generate.model.reader import SentenceReader
from allmanning.generate.prompt_template import prompt_template

# The sentences behind it wait.
TIMEOUT_S: Final = 6.0
_MAX_TOKENS: Final = 120
_LONGEST_SOURCE: Final = 3_000


@dataclass(frozen=True, slots=True)
class Worded:
    """What came of it; the text is empty when the model is late, fails, or says nothing."""

    text: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0


log = logging.getLogger(__name__)


class Again:
    """Asks the chat component of the answer's own pipeline, with the source and nothing else."""

    def __init__(self, chat: ChatModel) -> None:
        self._chat = chat
        self.source = files("allmanning.generate").joinpath("prompts", "again.jinja").read_bytes()
        self._prompt = prompt_template(self.source)

    async def worded(self, sentence: str, source: str, language: str) -> Worded:
        """The first sentence of what the model says now."""
        rendered = self._prompt.run(language=language, sentence=sentence, source=source[:_LONGEST_SOURCE])
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await self._chat.run_async(
                    rendered["prompt"], streaming_callback=_unheard, generation_kwargs={"max_tokens": _MAX_TOKENS}
                )
        except Exception as error:  # noqa: BLE001 (clients raise many kinds; without an answer the sentence is dropped)
            log.warning("a sentence was not worded again: %s", failure_of(error, begun=False).code)
            return Worded()
        if not answer["replies"]:
            return Worded()
        reader, reply = SentenceReader(), answer["replies"][0]
        said = [*reader.feed(reply.text or ""), *reader.finish(cut_off=False)]
        usage = reply.meta.get("usage") or {}
        return Worded(
            next(iter(said), ""), int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0)
        )


async def _unheard(_: StreamingChunk) -> None:
    """The whole reply is waited for."""
