"""Text that bad OCR has damaged, as it is embedded and analysed: words that are none become those they were.

A reader sees the text as it is. Only where many words are no words is anything repaired: a clean text keeps its names
and its rare words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from allmanning.index.language import detect
from allmanning.index.lexicon.speller import speller

# Part of the index version.
VERSION: Final = "1"
# Of words of five letters and more. Clean Swedish has 1-5 in 100, names and foreign words among them.
_DAMAGED_SHARE: Final = 0.08
_FEWEST_DAMAGED: Final = 2
_SHORTEST: Final = 5
_LONGEST: Final = 30
_TOKEN: Final = re.compile(r"\S+")
_WORD: Final = re.compile(r"[^\W_]+")
_ADDRESS: Final = re.compile(r"://|@|www\.|\.\w{2,4}/")
# What OCR takes for letters within a word, and one letter that it takes for two.
_DIGITS: Final = str.maketrans("016", "olo")
_CONFUSED: Final = (("rn", "m"), ("m", "rn"), ("ii", "n"), ("cl", "d"), ("vv", "w"), ("c", "e"), ("l", "i"))


def repaired(text: str) -> str:
    """The text with the words that are told to be damaged set right; white space stays as it is."""
    words = [word for token in text.split() if not _ADDRESS.search(token) for word in _words(token)]
    damaged = sum(not _known(word.lower()) for word in words)
    # What is no Swedish word may be a good one of another language.
    if damaged < max(_FEWEST_DAMAGED, _DAMAGED_SHARE * len(words)) or detect(text) != "sv":
        return text
    return _TOKEN.sub(lambda token: token[0] if _ADDRESS.search(token[0]) else _WORD.sub(_set_right, token[0]), text)


def _words(token: str) -> Iterator[str]:
    return (match[0] for match in _WORD.finditer(token) if _may_be_damaged(match[0]))


def _may_be_damaged(word: str) -> bool:
    return _SHORTEST <= len(word) <= _LONGEST and sum(letter.isalpha() for letter in word) > len(word) / 2


def _set_right(match: re.Match[str]) -> str:
    written = match[0]
    if not _may_be_damaged(written) or _known(written.lower()):
        return written
    meant = _meant(written.lower())
    return meant.capitalize() if written[0].isupper() else meant


@lru_cache(maxsize=50_000)
def _known(word: str) -> bool:
    return word.isalpha() and speller().knows(word)


@lru_cache(maxsize=50_000)
def _meant(word: str) -> str:
    letters = word.translate(_DIGITS)
    for spelling in (letters, *_unconfused(letters)):
        if _known(spelling):
            return spelling
        if spelling.isalpha() and (marked := speller().restored(spelling)):
            return marked
    return speller().corrected(letters) or letters


def _unconfused(word: str) -> Iterator[str]:
    """The words that OCR may have read as `word` by one usual confusion."""
    for seen, meant in _CONFUSED:
        start = word.find(seen)
        while start >= 0:
            yield word[:start] + meant + word[start + len(seen) :]
            start = word.find(seen, start + 1)
