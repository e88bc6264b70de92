"""Base forms, and compounds taken apart.

A compound is replaced by its parts, so that "bygglovsansökan" and "ansökan om bygglov" share their terms. Of several
ways to take a word apart the one with the commonest parts is chosen (Koehn & Knight 2003), fewest preferred.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

import marisa_trie  # type: ignore[import-not-found]
import numpy as np

from allmanning.index.fold import folded
from allmanning.index.lexicon.compile import RECORD, ensure_lexicon

EXACT, FOLDED = "forms", "folded"
SHORTEST_PART = 3
SHORTEST_COMPOUND = 7
MOST_PARTS = 4
# A three-letter part is a coincidence unless everybody uses it.
_COMMON = 3.0
_SHORT = 6
# A prefix that turns a word into another: "förskola" is no school, "tillstånd" no market stall.
_PREFIXES = frozenset(
    {
        "för",
        "till",
        "av",
        "på",
        "in",
        "ut",
        "om",
        "upp",
        "ned",
        "vid",
        "mot",
        "med",
        "under",
        "över",
        "efter",
        "från",
        "före",
    }
    | {"mellan", "ur", "hos", "genom", "an"}
)
_EACH_MORE_PART = 2.5
_EACH_LETTER = 0.25
_UNLISTED = math.log(0.5)
_WAYS = 60


class Lexicon:
    """The compiled dictionary in `folder`, mapped; any number of processes share its memory.

    `forms` is `EXACT`, or `FOLDED` for words that have lost the marks over their letters.
    """

    def __init__(self, folder: Path, forms: str = EXACT) -> None:
        self._lemmas = marisa_trie.Trie()
        self._lemmas.mmap(str(folder / "lemmas.marisa"))
        self._forms = marisa_trie.RecordTrie(RECORD)
        self._forms.mmap(str(folder / f"{forms}.marisa"))
        self._key = folded if forms == FOLDED else str
        self._commonness = np.load(folder / "commonness.npy", mmap_mode="r")
        self.parts = lru_cache(100_000)(self._parts)

    def has(self, word: str) -> bool:
        """Whether exactly this form, in lower case, is in the dictionary as a word."""
        return bool(self._record(word)[0])

    def knows(self, word: str) -> bool:
        """Whether this is a form of a word in the dictionary or a compound of such."""
        return self.has(word) or len(self.parts(word)) > 1

    def begins(self, word: str) -> bool:
        """Whether this form begins compounds, with its linking letter if it has one: "förskole", "anläggnings"."""
        return bool(self._record(word)[1])

    def lemma(self, word: str) -> str:
        """The base form; of an unlisted compound its own beginning with the last part's base form; else the word."""
        if lemma := self._word(word):
            return lemma
        if not (parts := self._apart(word)):
            return word
        written, lemma = parts[-1]
        return word[: len(word) - len(written)] + lemma

    def frequency(self, word: str) -> float:
        """How common a base form is, from 0 (unknown), in natural logarithms."""
        number = self._lemmas.get(word)
        return float(self._commonness[number]) if number is not None else 0.0

    def _parts(self, word: str) -> tuple[str, ...]:
        """Base forms of a compound's parts, or of the word itself when it is none."""
        parts = self._apart(word)
        if not parts:
            return (self._word(word) or word,)
        # A part that is a compound itself is taken apart as it is alone: "bygglovsansökan" has the parts of "bygglov".
        return tuple(part for _, lemma in parts for part in self.parts(self._key(lemma)))

    def _record(self, form: str) -> tuple[int, int, int]:
        found: list[tuple[int, int, int]] = self._forms.get(form) or [(0, 0, 0)]
        return found[0]

    def _word(self, form: str) -> str:
        number = self._record(form)[0]
        return str(self._lemmas.restore_key(number - 1)) if number else ""

    def _apart(self, word: str) -> tuple[tuple[str, str], ...]:
        """The compound's parts as (written, base form); empty when it is none, or better left whole."""
        # All forms of a word are taken apart alike.
        base = self._key(self._word(word) or word)
        # A word that is common itself means more than its parts: "handling" is no heather of the hand.
        if len(base) < SHORTEST_COMPOUND or not base.isalpha() or self.frequency(self._word(word)):
            return ()
        listed = self.has(word)
        ways = [way for _, way in zip(range(_WAYS), self._ways(base, 0, MOST_PARTS), strict=False) if len(way) > 1]
        return max((way for way in ways if self._plausible(way, listed=listed)), key=self._worth, default=())

    def _plausible(self, way: tuple[tuple[str, str], ...], *, listed: bool) -> bool:
        for written, lemma in way:
            letters, common = min(len(written), len(lemma)), self.frequency(lemma)
            if lemma in _PREFIXES or (letters <= SHORTEST_PART and common < _COMMON):
                return False
            # What the dictionary lists is taken apart into words that are known well, or long enough to be no accident.
            if listed and letters <= _SHORT and not common:
                return False
        return True

    def _ways(self, word: str, start: int, left: int) -> Iterator[tuple[tuple[str, str], ...]]:
        rest = word[start:]
        if start and len(rest) >= SHORTEST_PART:
            number, _, ends = self._record(rest)
            if ends or (number and len(rest) > SHORTEST_PART):
                yield ((rest, self._word(rest) or rest),)
        if left == 1:
            return
        for written in self._forms.prefixes(rest):
            if len(written) < SHORTEST_PART or len(rest) - len(written) < SHORTEST_PART:
                continue
            if beginning := self._record(written)[1]:
                part = (written, str(self._lemmas.restore_key(beginning - 1)))
                after = start + len(written)
                for following in self._ways(word, after, left - 1):
                    yield (part, *following)
                # Of three equal letters one is not written: tull + lag is "tullag".
                if written[-1] == written[-2]:
                    for following in self._ways(word, after - 1, left - 1):
                        yield (part, *following)

    def _worth(self, way: tuple[tuple[str, str], ...]) -> float:
        mean = sum(self._weight(lemma) for _, lemma in way) / len(way)
        return mean - _EACH_MORE_PART * (len(way) - 2) + _EACH_LETTER * min(len(written) for written, _ in way)

    def _weight(self, lemma: str) -> float:
        common = self.frequency(lemma)
        return math.log(math.exp(common) + 0.5) if common else _UNLISTED


@cache
def lexicon() -> Lexicon:
    """The lexicon of this process, compiled first if this machine never did."""
    return Lexicon(ensure_lexicon())


@cache
def folded_lexicon() -> Lexicon:
    """The same for folded words; what it answers with is spelled as it should be."""
    return Lexicon(ensure_lexicon(), FOLDED)
