"""The answerer as a Haystack pipeline that an operator can change: swap a component in the YAML file."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Final, cast

from haystack import Pipeline

from allmanning.generate.conversation import Asking
from allmanning.generate.draft import Draft, Task
from allmanning.generate.extract.weights import WEIGHTS
from allmanning.runtime.errors import Internal

# What a pipeline file may name; the rest of Python is out of its reach.
_ALLOWED: Final = ["allmanning.*", "haystack.*", "haystack_integrations.*"]


def read_pipeline(path: Path | None, model_api: str) -> bytes:
    """The pipeline at `path`, or the one that comes with this way of wording answers.

    Raises:
        OSError: when the file can't be read.
    """
    source = path or files("allmanning.generate").joinpath("pipelines", f"{model_api}.yaml")
    return source.read_bytes()


def load(definition: bytes) -> Pipeline:
    """Build the pipeline without starting it."""
    return Pipeline.loads(definition.decode(), allowed_modules=_ALLOWED)


class ExtractivePipeline:
    """An answerer whose pipeline gives one draft: its first component takes `task`, its last gives `draft`."""

    model: Final = "extractive"
    capacity: Final = None
    most_tokens: Final = 0

    def __init__(self, definition: bytes) -> None:
        # The weights decide which sentence is said, and whether any.
        self.prompt = b"\n".join((definition, WEIGHTS))
        self._pipeline = load(definition)
        self._inputs = [name for name, sockets in self._pipeline.inputs().items() if "task" in sockets]

    async def warm_up(self) -> None:
        await self._pipeline.warm_up_async()

    async def close(self) -> None:
        await self._pipeline.close_async()

    async def query(self, asking: Asking, language: str) -> str:  # noqa: ARG002 (rules need no language)
        return asking.full

    async def answer(self, task: Task) -> AsyncGenerator[Draft, None]:
        """One draft, word for word from the passages."""
        # Some 10 ms of computation. Not in a thread: the analyser's stemmer keeps state between letters.
        results = self._pipeline.run({name: {"task": task} for name in self._inputs})
        for outputs in results.values():
            if "draft" in outputs:
                draft = cast("Draft", outputs["draft"])
                # The documents' own sentences are as easy to read as they are.
                yield replace(draft, not_followed=("easy_read",)) if task.style.easy_read else draft
                return
        raise Internal("pipeline.draft", "the pipeline gave no draft")
