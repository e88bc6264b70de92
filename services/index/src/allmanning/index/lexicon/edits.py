"""Words one slip of the fingers away, and how likely each slip is.

A slip costs about as much as its negative log-probability beside the others: letters that change places, are doubled or
lie side by side on a Swedish keyboard are the usual ones; few people miss the first letter of a word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise, product
from typing import Final

LETTERS: Final = "abcdefghijklmnopqrstuvwxyzåäö"
SWAPPED: Final = 1.0
DOUBLED: Final = 1.0
BESIDE: Final = 1.5
LEFT_OUT: Final = 1.8
PUT_IN: Final = 2.0
REPLACED: Final = 3.0
AT_FIRST: Final = 3.0

_KEYBOARD: Final = (("qwertyuiopå", "asdfghjklöä"), ("asdfghjklöä", "zxcvbnm"))
_SOUND_ALIKE: Final = ("aåä", "oåö", "eä", "iy", "sc", "sz", "ck", "kg", "vw", "vf", "dt", "bp", "gj", "mn")
_MARKS: Final = {"a": "aåä", "o": "oö"}
# 3 in the power of this many letters is how many words are tried.
_MOST_MARKED: Final = 6


def edits(word: str) -> Iterator[tuple[str, float]]:
    """Each word that one slip could have turned into `word`, with the slip's cost; some come twice."""
    beside = _beside()
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        first = 0.0 if at else AT_FIRST
        if after:
            letter, rest = after[0], after[1:]
            yield before + rest, first + (DOUBLED if before.endswith(letter) else PUT_IN)
            if rest and rest[0] != letter:
                yield before + rest[0] + letter + rest[1:], first + SWAPPED
            for other in LETTERS:
                if other != letter:
                    yield before + other + rest, first + (BESIDE if other in beside[letter] else REPLACED)
        for other in LETTERS:
            yield before + other + after, first + (DOUBLED if before.endswith(other) else LEFT_OUT)


def usual_edits(word: str) -> Iterator[tuple[str, float]]:
    """Those of `edits` that are usual enough to be made twice in one word."""
    return ((edit, cost) for edit, cost in edits(word) if cost <= BESIDE)


def marked(word: str) -> Iterator[str]:
    """The words that `word` may be without its marks: "forskola" of "förskola". Itself comes first."""
    places = [at for at, letter in enumerate(word) if letter in _MARKS][:_MOST_MARKED]
    for letters in product(*(_MARKS[word[at]] for at in places)):
        spelled = list(word)
        for at, letter in zip(places, letters, strict=True):
            spelled[at] = letter
        yield "".join(spelled)


@cache
def _beside() -> Mapping[str, frozenset[str]]:
    """For each letter those that are taken for it: by the fingers, or by the ear."""
    near: dict[str, set[str]] = defaultdict(set)
    for upper, lower in _KEYBOARD:
        for row in (upper, lower):
            for left, right in pairwise(row):
                near[left].add(right)
                near[right].add(left)
        for at, letter in enumerate(lower):
            for other in upper[at : at + 2]:
                near[letter].add(other)
                near[other].add(letter)
    for group in _SOUND_ALIKE:
        for letter in group:
            near[letter] |= set(group) - {letter}
    return defaultdict(frozenset, {letter: frozenset(others) for letter, others in near.items()})
