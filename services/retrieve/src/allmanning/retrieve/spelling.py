"""The misspelled words of a question, and what was meant by them.

Words come from the lexicon and from the synonyms. A word of either is never changed, and neither are numbers,
addresses, abbreviations and names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from allmanning.index.everyday import Rows, everyday_words, official
from allmanning.index.fold import folded
from allmanning.index.lexicon.edits import PUT_IN, edits
from allmanning.index.lexicon.speller import LONGEST, SHORTEST, Speller

# More unknown words than this, and the question is in no language we know.
MOST_SEARCHED: Final = 3
_TOKEN: Final = re.compile(r"\S+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_NOT_A_WORD: Final = re.compile(r"[\d@/\\_]|\w\.\w")
_ENDS_SENTENCE: Final = re.compile(r"(?:^|[.!?:])\W*$")


@dataclass(frozen=True)
class Correction:
    """A word as it was `written` at `start`, and what was `meant`."""

    written: str
    meant: str
    start: int

    @property
    def of_marks(self) -> bool:
        """Whether only the marks over letters were missing."""
        return folded(self.written) == folded(self.meant)


def corrections(text: str, own: Rows, speller: Speller) -> list[Correction]:
    """What is misspelled in a Swedish question, in order; `own` are the authority's synonyms."""
    found: list[Correction] = []
    searched = 0
    for written, start in _candidates(text):
        word = written.lower()
        meant = speller.restored(word)
        if (not meant and speller.knows(word)) or any(official(word, own)):
            continue
        if not meant:
            searched += 1
            if searched > MOST_SEARCHED:
                return []
            meant = _everyday(word, own) or speller.corrected(word)
        if meant:
            found.append(Correction(written, meant.capitalize() if written[0].isupper() else meant, start))
    return found


def corrected(text: str, found: Collection[Correction]) -> str:
    """The text with what was meant in place of what was written."""
    for each in sorted(found, key=lambda each: -each.start):
        text = text[: each.start] + each.meant + text[each.start + len(each.written) :]
    return text


def _candidates(text: str) -> Iterator[tuple[str, int]]:
    """The words that may be misspelled, with their place."""
    shouted = text.isupper()
    for token in _TOKEN.finditer(text):
        if _NOT_A_WORD.search(token[0]):
            continue
        for word in _LETTERS.finditer(token[0]):
            start = token.start() + word.start()
            named = word[0] != word[0].lower() and not (word[0].istitle() and _ENDS_SENTENCE.search(text[:start]))
            if SHORTEST <= len(word[0]) <= LONGEST and (shouted or not named):
                yield word[0], start


def _everyday(word: str, own: Rows) -> str:
    """The word of the synonym lists that is one slip away; empty when there is none."""
    words = everyday_words(own)
    found = ((cost, meant) for meant, cost in edits(word) if meant in words and cost <= PUT_IN)
    return min(found, default=(0.0, ""))[1]
