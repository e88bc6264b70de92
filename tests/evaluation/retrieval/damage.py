"""Text as a bad scan gives it: Swedish letters lost, look-alikes confused, letters dropped. The same at every call."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from dataclasses import replace

from allmanning.node.evaluate.judged import JudgedSet

LOST_MARKS = 0.85
CONFUSED = 0.15
DROPPED = 0.02

_MARKS = dict(zip("åäöÅÄÖ", "aaoAAO", strict=True))
_LOOK_ALIKES = {"rn": "m", "m": "rn", "l": "1", "1": "l", "o": "6", "6": "o"}


def damaged(judged: JudgedSet) -> JudgedSet:
    """The set with every title and text damaged; the questions are clean, as people type them."""
    corpus = {
        name: replace(entry, title=scanned(entry.title), text=scanned(entry.text) or entry.text)
        for name, entry in judged.corpus.items()
    }
    return replace(judged, corpus=corpus)


def scanned(text: str) -> str:
    """The same text always has the same damage."""
    return "".join(_letters(text, random.Random(zlib.crc32(text.encode()))))


def _letters(text: str, chance: random.Random) -> Iterator[str]:
    at = 0
    while at < len(text):
        pair, letter = text[at : at + 2], text[at]
        seen = pair if pair in _LOOK_ALIKES else letter
        at += len(seen)
        if letter in _MARKS:
            yield _MARKS[letter] if chance.random() < LOST_MARKS else letter
        elif seen in _LOOK_ALIKES and chance.random() < CONFUSED:
            yield _LOOK_ALIKES[seen]
        elif not letter.isalpha() or chance.random() >= DROPPED:
            yield seen
