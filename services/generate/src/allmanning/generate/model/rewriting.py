"""A question that points back becomes one that can be searched for, worded by the model."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from allmanning.generate.conversation import Asking
from allmanning.generate.model.brief import brief_reply
from allmanning.generate.model.protocol import ChatModel
from allmanning.generate.prompt_template import prompt_template

# Somebody waits, and the rule's wording is there without any wait.
TIMEOUT_S: Final = 4.0
_MAX_TOKENS: Final = 80
_LONGEST: Final = 300
_QUOTES: Final = "\"'”“»« "


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
        reply = await brief_reply(
            self._chat,
            rendered["prompt"],
            max_tokens=_MAX_TOKENS,
            timeout_s=TIMEOUT_S,
            without="a follow-up question is worded by rule",
        )
        said = (reply.text or "").strip(_QUOTES + "\n") if reply else ""
        return said if 0 < len(said) <= _LONGEST and "\n" not in said else asking.full
