"""Ask the model once more for a sentence that its source does not carry."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from allmanning.generate.model.brief import brief_reply
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


class Again:
    """Asks the chat component of the answer's own pipeline, with the source and nothing else."""

    def __init__(self, chat: ChatModel) -> None:
        self._chat = chat
        self.source = files("allmanning.generate").joinpath("prompts", "again.jinja").read_bytes()
        self._prompt = prompt_template(self.source)

    async def worded(self, sentence: str, source: str, language: str) -> Worded:
        """The first sentence of what the model says now."""
        rendered = self._prompt.run(language=language, sentence=sentence, source=source[:_LONGEST_SOURCE])
        reply = await brief_reply(
            self._chat,
            rendered["prompt"],
            max_tokens=_MAX_TOKENS,
            timeout_s=TIMEOUT_S,
            without="a sentence was not worded again",
        )
        if reply is None:
            return Worded()
        reader = SentenceReader()
        said = [*reader.feed(reply.text or ""), *reader.finish(cut_off=False)]
        usage = reply.meta.get("usage") or {}
        return Worded(
            next(iter(said), ""), int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0)
        )
