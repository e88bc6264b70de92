"""Do two words mean the same? As far as lists, inflections and compounds tell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Final

import yaml

from allmanning.generate.extract.terms import terms
from allmanning.generate.support.tokens import Token
from allmanning.index.analyse import stem
from allmanning.index.everyday import official
from allmanning.index.fold import folded

SYNONYMS: Final = files("allmanning.generate.support").joinpath("synonyms.yaml").read_bytes()

_SHARED_LETTERS: Final = 0.6
_LEAST_LETTERS: Final = 4
_LONGEST_ENDING: Final = 4


def carried_by(said: Token, quoted: Token) -> bool:
    """Whoever writes the quoted word has written the said one, or more than it.

    The head of a Swedish compound is its last part (Svenska Akademiens grammatik, Ord § 32): who says
    "avloppsreningsverk" has said "reningsverk", and who says "verk" has not.
    """
    if said.stem == quoted.stem or _groups(said) & _groups(quoted):
        return True
    if len(said.low) >= _LEAST_LETTERS and quoted.low.endswith(said.low):
        return True
    return _inflected(said, quoted) or _everyday(said, quoted)


def carried(said: Sequence[Token], quoted: Sequence[Token]) -> list[str]:
    """The said words that the quoted text has in another form, or another word for."""
    known = [token for token in quoted if token.word and not token.light]
    stems = {token.stem for token in known}
    mine = [token for token in said if token.word and not token.light and token.stem not in stems]
    return [token.text for token in mine if any(carried_by(token, each) for each in known)]


def narrows(said: Token, quoted: Token) -> bool:
    """The said word is a compound of the quoted one with something before it."""
    return len(quoted.low) >= _LEAST_LETTERS and said.low.endswith(quoted.low) and said.low != quoted.low


def _inflected(one: Token, other: Token) -> bool:
    short, long = sorted((one.low, other.low), key=len)
    shared = next((n for n, (x, y) in enumerate(zip(short, long, strict=False)) if x != y), len(short))
    return shared >= max(_LEAST_LETTERS, _SHARED_LETTERS * len(long)) and len(long) - shared <= _LONGEST_ENDING


def _everyday(one: Token, other: Token) -> bool:
    return _official(one) & terms(other.text) != frozenset() or _official(other) & terms(one.text) != frozenset()


def _official(token: Token) -> frozenset[str]:
    return frozenset(
        term for _, words in official(token.text, near=True, asked=False) for word in words for term in terms(word)
    )


def _groups(token: Token) -> frozenset[int]:
    return _synonyms().get(token.stem, frozenset())


@lru_cache(maxsize=1)
def _synonyms() -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for number, row in enumerate(yaml.safe_load(SYNONYMS)):
        for word in map(folded, str(row).split()):
            found[stem(word)] = found.get(stem(word), frozenset()) | {number}
    return found
