"""A prompt's template, compiled once."""

from __future__ import annotations

from functools import lru_cache

from haystack.components.builders import ChatPromptBuilder


def prompt_template(source: bytes) -> ChatPromptBuilder:
    """Haystack's builder of a template file.

    Haystack 3.4 compiles the template anew at every run, which took more than a quarter of the processor time of a
    question in this service; what it compiled is kept here.
    """
    builder = ChatPromptBuilder(template=source.decode())
    environment = builder._env  # noqa: SLF001 (there is no other way to it)
    environment.from_string = lru_cache(maxsize=1)(environment.from_string)  # type: ignore[assignment, method-assign]
    return builder
