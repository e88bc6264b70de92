"""The prompt, from a versioned template file."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final, TypedDict

from haystack import component
from haystack.dataclasses import ChatMessage

from allmanning.generate.conversation import Said
from allmanning.generate.draft import Task
from allmanning.generate.packing import CHARS_A_TOKEN, Packed, packed
from allmanning.generate.prompt_template import prompt_template
from allmanning.runtime.record import Json

# What servers of open models are set to at least; a model whose length is not told gets no more.
_ASSUMED_CONTEXT: Final = 8192
_ANSWER_TOKENS: Final = 512
# Of what is left for reading, the most that the conversation takes.
_MEMORY_PART: Final = 0.25
_LEAST_ROOM_CHARS: Final = 400


class Prompt(TypedDict):
    messages: list[ChatMessage]
    packing: Json


@component
class AnswerPrompt:
    """Renders a template of this package, or a file, with the question and as many numbered passages as fit.

    Passages and conversation are data: they stand between marks that are new for every question, so that no text can
    have been written to close them, and Haystack's template engine lets no value open a message of its own.
    """

    def __init__(self, template: str = "answer.jinja") -> None:
        """Name of a file in this package's `prompts`, or a path."""
        self.template = template
        path = Path(template)
        packaged = files("allmanning.generate").joinpath("prompts", template)
        self.source = (path if path.is_absolute() else packaged).read_bytes()
        self._builder = prompt_template(self.source)
        self._readable_chars = 0
        self.fit()

    def fit(self, context_tokens: int = 0, answer_tokens: int = _ANSWER_TOKENS) -> None:
        """Say how much the model reads at once (0: unknown), and how much of it its answer may take."""
        tokens = (context_tokens or _ASSUMED_CONTEXT) - answer_tokens
        self._readable_chars = int(max(0, tokens) * CHARS_A_TOKEN) - len(self.source)

    @component.output_types(messages=list[ChatMessage], packing=dict)
    def run(self, task: Task) -> Prompt:
        """The messages for one task, and what had no room: ids of passages, and how many turns of the conversation."""
        asking = task.asking
        room = self._readable_chars - len(asking.question) - len(asking.before) - len(task.style.tone)
        earlier = _fitting(asking.earlier, int(room * _MEMORY_PART))
        chosen = packed(task.passages, max(_LEAST_ROOM_CHARS, room - sum(len(each.text) for each in earlier)))
        mark = _mark(chosen, earlier)
        rendered = self._builder.run(
            language=task.language,
            question=asking.question,
            before="" if earlier else asking.before,
            earlier=[{"asker": each.asker, "text": each.text} for each in earlier],
            passages=[{"number": each.number, "heading": each.heading, "text": each.text} for each in chosen.shown],
            mark=mark,
            style=task.style,
        )
        packing: dict[str, Json] = {"passages": len(chosen.shown), "left_out": list(chosen.left_out)}
        packing |= {"cut": chosen.cut} if chosen.cut else {}
        packing |= {"turns": len(earlier), "turns_left_out": len(asking.earlier) - len(earlier)}
        return {"messages": rendered["prompt"], "packing": packing}


def _fitting(earlier: Sequence[Said], chars: int) -> Sequence[Said]:
    """The newest of what was said that has room."""
    for first in range(len(earlier)):
        if sum(len(each.text) for each in earlier[first:]) <= chars:
            return earlier[first:]
    return ()


def _mark(chosen: Packed, earlier: Sequence[Said]) -> str:
    """Letters that stand in none of the texts."""
    texts = [*(f"{each.heading}\n{each.text}" for each in chosen.shown), *(each.text for each in earlier)]
    while True:
        mark = secrets.token_hex(6)
        if not any(mark in text for text in texts):
            return mark
