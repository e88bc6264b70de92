"""How many of a sentence's words stand in what it cites."""

from __future__ import annotations

from functools import lru_cache

from allmanning.generate.extract.terms import terms
from allmanning.generate.support.written import one_way


def containment(sentence: str, quoted: str, context: str = "") -> float:
    """Share of the sentence's words, 0..1, that the quoted text or its title and headings have."""
    return share(words(sentence), words(quoted) | words(context))


@lru_cache(maxsize=20_000)
def words(text: str) -> frozenset[str]:
    """The terms of a text. Whether numbers agree is another check's to tell, which knows all the ways to write them."""
    found = terms(one_way(text))
    return frozenset(term for term in found if not term[0].isdigit()) or found


def share(said: frozenset[str], found: frozenset[str]) -> float:
    """How much of `said` is in `found`, 0..1."""
    return len(said & found) / len(said) if said else 0.0
