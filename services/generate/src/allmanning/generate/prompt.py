"""The prompt, from a versioned template file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TypedDict

from haystack import component
from haystack.components.builders import ChatPromptBuilder
from haystack.dataclasses import ChatMessage

from allmanning.generate.draft import Task


class Prompt(TypedDict):
    messages: list[ChatMessage]


@component
class AnswerPrompt:
    """Renders a template of this package, or a file, with the question and the numbered passages.

    Passages are data: Haystack's template engine lets no value open a message of its own, and the template says so to
    the model.
    """

    def __init__(self, template: str = "answer.jinja") -> None:
        """Name of a file in this package's `prompts`, or a path."""
        self.template = template
        path = Path(template)
        packaged = files("allmanning.generate").joinpath("prompts", template)
        self.source = (path if path.is_absolute() else packaged).read_bytes()
        self._builder = ChatPromptBuilder(template=self.source.decode())

    @component.output_types(messages=list[ChatMessage])
    def run(self, task: Task) -> Prompt:
        """The messages for one task."""
        passages = [
            {
                "number": number,
                "title": scored.passage.document.title if scored.passage.document else "",
                "headings": " › ".join(scored.passage.location.headings) if scored.passage.location else "",
                "text": scored.passage.text,
            }
            for number, scored in enumerate(task.passages, 1)
            if scored.passage is not None
        ]
        rendered = self._builder.run(
            language=task.language, question=task.asking.question, before=task.asking.before, passages=passages
        )
        return {"messages": rendered["prompt"]}
