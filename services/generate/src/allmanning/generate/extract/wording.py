"""A question's words and the other words that say the same: the official word, the compound, the part of a compound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from allmanning.generate.extract.terms import terms
from allmanning.index.everyday import official

# What it is worth that a text has, in place of a question's word, another form of it, the official word, or a relative.
INFLECTED = 0.95
OFFICIAL = 0.9
RELATIVE = 0.5
_LEAST_PART = 4
_LEAST_REST = 3
_LEAST_STEM = 3
# What the stemmer leaves on a word, of the definite singular above all: "förskolan", "fritidshemmet", "öppet".
_ENDINGS = frozenset({"n", "an", "ans", "en", "ens", "et", "ets", "men", "met", "mets", "na", "t"})
# Words for one thing in as many constructions: "vad kostar …" is answered under the heading "Avgift".
_SAME: Final = (
    terms("öppen öppet öppna öppettid öppettider öppettiderna öppnar öppethållande"),
    terms("kosta kostar kostnad betala betalar avgift pris prislista taxa"),
)

Wording = Mapping[str, Mapping[str, float]]
"""Each term of a question with the terms that stand for it, 0..1."""


def wording(wanted: frozenset[str], question: str, texts: Iterable[frozenset[str]]) -> Wording:
    """The terms `wanted` of `question`, each with itself and whatever stands for it in the texts at hand."""
    found: dict[str, dict[str, float]] = {term: {} for term in wanted}
    vocabulary = frozenset[str]().union(*texts)
    for said, words in official(question, near=True):
        # "dagisplats": a text has to say "förskola", more than "plats".
        for place, word in enumerate(words):
            for term in terms(said) & wanted:
                found[term].update(dict.fromkeys(terms(word) - found[term].keys(), OFFICIAL if not place else RELATIVE))
    for term, others in found.items():
        others.update((each, INFLECTED) for each in vocabulary if _inflected(each, term))
        for same in _SAME:
            if term in same:
                others.update(dict.fromkeys(same, OFFICIAL))
        known = {term, *others}
        for each in vocabulary - known:
            if any(_related(each, mine) for mine in known):
                others[each] = RELATIVE
        others[term] = 1.0
    return found


def held(wording: Wording, text: frozenset[str]) -> dict[str, float]:
    """How well `text` holds each term of the question, 0..1."""
    return {term: max((others[each] for each in others.keys() & text), default=0.0) for term, others in wording.items()}


def akin(one: str, other: str) -> bool:
    """Two terms are forms of one word, or one is a compound of the other."""
    return _inflected(one, other) or _related(one, other)


def _inflected(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= _LEAST_STEM and long.startswith(short) and long[len(short) :] in _ENDINGS


def _related(one: str, other: str) -> bool:
    """A compound and its first or last part: "handling" and "originalhandling"."""
    short, long = (one, other) if len(one) < len(other) else (other, one)
    if len(short) < _LEAST_PART or len(long) - len(short) < _LEAST_REST or short.isdigit():
        return False
    return long.startswith(short) or long.endswith(short)
