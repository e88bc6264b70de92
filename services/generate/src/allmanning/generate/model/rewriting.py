"""A question that points back becomes one that can be searched for, worded by the model."""

from __future__ import annotations

import asyncio
import logging
from importlib.resources import files
from typing import Final

from haystack.dataclasses import StreamingChunk

from allmanning.generate.conversation import Asking
from allmanning.generate.model.failures import failure_of
from allmanning.generate.model.protocol import ChatModel
from allmanning.generate.prompt_template import prompt_template

# Somebody waits, and the rule's wording is there without any wait.
TIMEOUT_S: Final = 4.0
_MAX_TOKENS: Final = 80
_LONGEST: Final = 300
_QUOTES: Final = "\"'”“»« "

log = logging.getLogger(__name__)


class Rewriting:
    """Asks the chat component of the answer's own pipeline."""

    def __init__(self, chat: ChatModel) -> None:
        self._chat = chat
        self.source = files("allmanning.generate").joinpath("prompts", "rewrite.jinja").read_bytes()
        self._prompt = prompt_template(self.source)

    async def query(self, asking: Asking, language: str) -> str:
        """The question as it is searched for; by rule when the model is late, fails, or says anything else."""
        if not asking.before:
            return asking.full
        rendered = self._prompt.run(language=language, question=asking.question, before=asking.before)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await self._chat.run_async(
                    rendered["prompt"], streaming_callback=_unheard, generation_kwargs={"max_tokens": _MAX_TOKENS}
                )
        except Exception as error:  # noqa: BLE001 (clients raise many kinds; the answer itself will tell of the failure)
            log.warning("a follow-up question is worded by rule: %s", failure_of(error, begun=False).code)
            return asking.full
        said = (answer["replies"][0].text or "").strip(_QUOTES + "\n") if answer["replies"] else ""
        return said if 0 < len(said) <= _LONGEST and "\n" not in said else asking.full


async def _unheard(_: StreamingChunk) -> None:
    """The whole reply is waited for."""
