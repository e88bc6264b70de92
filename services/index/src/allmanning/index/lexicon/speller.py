"""What a misspelled word was meant to be, by the lexicon.

Indexed documents are not asked: they would tell the asker of words that only others may read. Of 1,787 real questions
(swefaq, helsingborg, swequad-mc, sfs) 17 are changed, 14 of them rightly; of 685 typing errors put into their words
579 are set right, and of 217 words that were no words without their å ä ö, 208.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Final, Protocol

from allmanning.index.lexicon.edits import BESIDE, edits, marked, usual_edits
from allmanning.index.lexicon.mapped import folded_lexicon, lexicon

SHORTEST: Final = 5
LONGEST: Final = 30
# Words that two slips leave recognisable, and that do not take too long.
_TWO_SLIPS: Final = range(9, 16)
# Longer words are seldom names.
_NO_NAME: Final = 8
_SHORTEST_COMPOUND: Final = 7
_SHORTEST_PART: Final = 3
# What a unit of commonness is worth against the cost of a slip.
_COMMONNESS: Final = 0.5
_MARKS: Final = "åäö"


class Words(Protocol):
    """The lexicon, as far as spelling needs it. All words are in lower case."""

    def has(self, word: str) -> bool: ...
    def knows(self, word: str) -> bool: ...
    def begins(self, word: str) -> bool: ...
    def lemma(self, word: str) -> str: ...
    def frequency(self, word: str) -> float: ...

    @property
    def parts(self) -> Callable[[str], tuple[str, ...]]: ...


class Speller:
    """Corrects single words.

    Args:
        words: The lexicon.
        bare: The same for words that have lost the marks over their letters.
    """

    def __init__(self, words: Words, bare: Words) -> None:
        self._words = words
        self._bare = bare
        self.restored = lru_cache(10_000)(self._restored)
        self.corrected = lru_cache(10_000)(self._corrected)

    def lists(self, word: str) -> bool:
        """Whether the lexicon has this word, or the parts of this compound."""
        return self._words.knows(word)

    def knows(self, word: str) -> bool:
        """Whether this may be a word, or the first part of one: also a compound that the lexicon thinks unlikely."""
        if self._words.knows(word) or self._words.begins(word):
            return True
        places = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
        return any(self._words.has(word[at:]) and self._starts(word[:at]) for at in places)

    def _starts(self, left: str) -> bool:
        """Whether this begins compounds, as one part or as several with a linking "s"."""
        return self._words.begins(left) or (left.endswith("s") and self._words.knows(left))

    def _restored(self, word: str) -> str:
        """The word with the marks it has lost; empty for one that is a word without them, or has some."""
        if self._words.has(word) or any(letter in _MARKS for letter in word) or not self._bare.knows(word):
            return ""
        spellings = list(marked(word))
        found = [spelling for spelling in spellings if self._words.has(spelling)]
        # "forskola" can be taken apart too, into rapids and toffee; a listed word is likelier.
        if not found and not self._words.knows(word):
            found = [spelling for spelling in spellings if self._words.knows(spelling)]
        return max(found, key=self._commonest, default="")

    def _commonest(self, spelling: str) -> tuple[float, int, str]:
        parts = (spelling,) if self._words.has(spelling) else self._words.parts(spelling)
        return min(map(self._common, parts)), -sum(letter in _MARKS for letter in spelling), spelling

    def _corrected(self, word: str) -> str:
        """The likeliest word behind one with a slip or two in it; empty when there is none."""
        found = list(self._listed(word))
        if not found and len(word) >= _SHORTEST_COMPOUND:
            found = list(self._compounds(word))
        if not found and word.isascii():
            found = list(self._listed_with_marks(word))
        if found:
            return max((self._common(meant) - cost, meant) for meant, cost in found)[1]
        if len(word) in _TWO_SLIPS:
            twice = {far for near, _ in usual_edits(word) for far, _ in usual_edits(near) if self._words.has(far)}
            if len({self._words.lemma(far) for far in twice}) == 1:
                return min(twice)
        return ""

    def _listed(self, word: str) -> Iterator[tuple[str, float]]:
        return ((meant, cost) for meant, cost in edits(word) if self._words.has(meant) and self._likely(meant, cost))

    def _listed_with_marks(self, word: str) -> Iterator[tuple[str, float]]:
        for bare, cost in edits(word):
            if bare.isascii() and self._bare.has(bare):
                for meant in marked(bare):
                    if self._words.has(meant) and self._likely(meant, cost):
                        yield meant, cost

    def _likely(self, meant: str, cost: float) -> bool:
        """A rare short word after an unusual slip is no likelier than a name that nobody listed, as "covid" was."""
        return cost <= BESIDE or len(meant) >= _NO_NAME or self._common(meant) > 1

    def _compounds(self, word: str) -> Iterator[tuple[str, float]]:
        """Compounds of which one part has a slip in it; the longer its parts are, the less they are a coincidence."""
        for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            left, right = word[:at], word[at:]
            if len(right) > _SHORTEST_PART and self._words.knows(right):
                for part, cost in edits(left):
                    if len(part) >= SHORTEST and self._words.begins(part) and self._words.knows(part + right):
                        yield part + right, cost - min(len(part), len(right)) / 10
            if self._starts(left):
                for part, cost in edits(right):
                    if len(part) >= SHORTEST and self._words.has(part) and self._words.knows(left + part):
                        yield left + part, cost - min(len(left), len(part)) / 10

    def _common(self, word: str) -> float:
        lemma = self._words.lemma(word)
        return _COMMONNESS * self._words.frequency(lemma) + (_COMMONNESS if lemma == word else 0.0)


@cache
def speller() -> Speller:
    """The speller of this process."""
    return Speller(lexicon(), folded_lexicon())
