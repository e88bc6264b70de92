"""Ask the model once more for a sentence that its source does not carry."""

from __future__ import annotations

import asyncio
import logging
from importlib.resources import files
from typing import Final

from haystack.components.builders import ChatPromptBuilder
from haystack.dataclasses import StreamingChunk

from allmanning.generate.model.failures import failure_of
from allmanning.generate.model.protocol import ChatModel
from allmanning.generate.model.reader import SentenceReader

# The sentences behind it wait.
TIMEOUT_S: Final = 6.0
_MAX_TOKENS: Final = 120
_LONGEST_SOURCE: Final = 3_000

log = logging.getLogger(__name__)


class Again:
    """Asks the chat component of the answer's own pipeline, with the source and nothing else."""

    def __init__(self, chat: ChatModel) -> None:
        self._chat = chat
        self.source = files("allmanning.generate").joinpath("prompts", "again.jinja").read_bytes()
        self._prompt = ChatPromptBuilder(template=self.source.decode())

    async def worded(self, sentence: str, source: str, language: str) -> str:
        """The first sentence of what the model says now; empty when it is late, fails, or says nothing."""
        rendered = self._prompt.run(language=language, sentence=sentence, source=source[:_LONGEST_SOURCE])
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await self._chat.run_async(
                    rendered["prompt"], streaming_callback=_unheard, generation_kwargs={"max_tokens": _MAX_TOKENS}
                )
        except Exception as error:  # noqa: BLE001 (clients raise many kinds; without an answer the sentence is dropped)
            log.warning("a sentence was not worded again: %s", failure_of(error, begun=False).code)
            return ""
        reader = SentenceReader()
        text = (answer["replies"][0].text or "") if answer["replies"] else ""
        return next(iter([*reader.feed(text), *reader.finish(cut_off=False)]), "")


async def _unheard(_: StreamingChunk) -> None:
    """The whole reply is waited for."""
