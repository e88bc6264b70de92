"""The words of a text, as search terms and as letter 4-grams that survive inflection, compounds and bad OCR."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from allmanning.index.analyse import identifier_terms, spellings, word_terms, words

_LENGTH = 4
# Letters that OCR takes for each other ("Al" for "AI", "l6sning" for "lösning"), both sides written the same.
_LOOK_ALIKE = str.maketrans("l1|06", "iiioo")
# Questions spell out what tables write in digits.
_NUMBERS = "två tre fyra fem sex sju åtta nio tio elva tolv"


def _stems(text: str) -> Iterator[str]:
    """Words by their stems. Compounds stay whole: "fritids" is not the "fritid" of a youth centre."""
    for word in words(text):
        yield from map("".join, map(word_terms, spellings(word.text)))
    yield from (term for term, _ in identifier_terms(text))


_DIGITS = {term: str(value) for value, word in enumerate(_NUMBERS.split(), start=2) for term in _stems(word)}


@lru_cache(maxsize=20_000)
def terms(text: str) -> frozenset[str]:
    """The terms of `text`, blind to what OCR confuses. Numbers stay as they are."""
    found = {_DIGITS.get(term, term) for term in _stems(text.replace("\u00ad", ""))}
    return frozenset(term if term.isdigit() else term.translate(_LOOK_ALIKE) for term in found)


@lru_cache(maxsize=20_000)
def grams(text: str) -> frozenset[str]:
    """Letter 4-grams of the terms; a shorter term is its own gram."""
    found: set[str] = set()
    for term in terms(text):
        padded = f" {term}"
        found.update(padded[i : i + _LENGTH] for i in range(max(1, len(padded) - _LENGTH + 1)))
    return frozenset(found)
