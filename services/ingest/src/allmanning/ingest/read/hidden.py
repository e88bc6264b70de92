"""Counts what a person who looks at the document would not see, and a reader has left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from allmanning.ingest.read.document import clean
from allmanning.ingest.read.finding import Finding

_HEX: Final = re.compile(r"#?([0-9a-fA-F]{6})")
# From this grey on, letters can't be told from paper.
_WHITE_FROM: Final = 0xF0


class Hidden:
    """What was left out of one file, by code and page."""

    def __init__(self) -> None:
        self._characters: Counter[tuple[str, int]] = Counter()

    def note(self, code: str, text: str, page: int = 0) -> None:
        """`text` was left out for what `code` says."""
        if characters := len(clean(text)):
            self._characters[code, page] += characters

    def note_all(self, code: str, texts: Iterable[str], page: int = 0) -> None:
        """As `note`, for each text."""
        for text in texts:
            self.note(code, text, page)

    def times(self, code: str, page: int = 0) -> None:
        """`code` was seen once more."""
        self._characters[code, page] += 1

    def findings(self) -> tuple[Finding, ...]:
        """One for each code and page, in the order they were first seen."""
        return tuple(Finding(code, page, count=count) for (code, page), count in self._characters.items())


def is_white(colour: str) -> bool:
    """Whether a colour written as six hexadecimal digits is as good as white."""
    match = _HEX.fullmatch(colour.strip())
    return match is not None and all(int(match[1][at : at + 2], 16) >= _WHITE_FROM for at in (0, 2, 4))
