"""The prompt is no part of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_TEMPLATE: Final = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_WORD: Final = re.compile(r"\w+")
_RUN: Final = 6
"""Words in a row that two texts on the same matter do not share by chance."""


class Leaks:
    """Knows the wording of the prompts."""

    def __init__(self, *prompts: str) -> None:
        """Templates as they stand; what is filled in is data, not prompt."""
        self._runs = frozenset(
            run
            for prompt in prompts
            for part in _TEMPLATE.split(prompt)
            for line in part.split("\n")
            for run in _runs(line)
        )

    def leaked(self, sentence: str) -> bool:
        """The sentence repeats a run of the prompt's words."""
        return any(run in self._runs for run in _runs(sentence))


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    for start in range(len(words) - _RUN + 1):
        yield tuple(words[start : start + _RUN])
