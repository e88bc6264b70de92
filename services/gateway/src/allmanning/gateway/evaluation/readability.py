"""LIX, the Swedish measure of how heavy a text is to read (Björnsson, Läsbarhet, 1968).

Below 30: easy, as in children's books. 30-40: easy, fiction. 40-50: newspapers. 50-60: official texts. Above 60: heavy.
"""

from __future__ import annotations

import re
from typing import Final

LONG_WORD: Final = 7
"""Letters from which a word counts as long: more than six."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
# A colon ends a sentence here, as in Björnsson's own counting; so does a new line, for lists.
_END: Final = re.compile(r"[.!?:]+(?=\s|$)|\n+")


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)


def lix(text: str) -> float | None:
    """Words per sentence plus the percentage of long words; None for a text without words."""
    words = words_of(text)
    if not words:
        return None
    sentences = sum(1 for each in _END.split(text) if _WORD.search(each))
    long_words = sum(len(word) >= LONG_WORD for word in words)
    return len(words) / sentences + 100 * long_words / len(words)
