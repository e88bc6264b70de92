"""What a model wrote is looked through before anything is made of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.generate.guard.disguise import disguised
from allmanning.generate.guard.leaks import Leaks
from allmanning.generate.guard.links import Links
from allmanning.generate.guard.markup import is_markup, is_tool_call, plain
from allmanning.index.injection.disguise import visible

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ue000-\uf8ff]")
_LONGEST: Final = 1_500


@dataclass(frozen=True, slots=True)
class Guarded:
    """A sentence as it may be checked further; with a code in `refused`, it may not."""

    text: str
    refused: str = ""


class Guard:
    """Looks through one answer's sentences."""

    def __init__(self, links: Links, leaks: Leaks) -> None:
        self._links = links
        self._leaks = leaks

    def looked_through(self, sentences: Sequence[str]) -> list[Guarded]:
        """Each sentence without what no screen shows, and why it is refused if it is."""
        return [self._one(each) for each in sentences]

    def _one(self, sentence: str) -> Guarded:
        text = unicodedata.normalize("NFC", visible(sentence))
        if "\ufffd" in text or _CONTROL.search(text) or len(text) > _LONGEST:
            return Guarded(text, "garbled")
        if is_tool_call(text):
            return Guarded(text, "tool")
        if is_markup(text):
            return Guarded(text, "markup")
        if disguised(text):
            return Guarded(text, "disguised")
        if not self._links.allowed(text):
            return Guarded(text, "link")
        if self._leaks.leaked(text):
            return Guarded(text, "prompt")
        return Guarded(plain(text))
