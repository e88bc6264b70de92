"""One word put in another's place, in a sentence that is otherwise the cited one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Final

import yaml

from allmanning.generate.extract.terms import terms
from allmanning.generate.support.alignment import Alignment
from allmanning.generate.support.figures import figures
from allmanning.generate.support.modality import modals
from allmanning.generate.support.tokens import Token
from allmanning.index.analyse import stem
from allmanning.index.everyday import official
from allmanning.index.fold import folded

SYNONYMS: Final = files("allmanning.generate.support").joinpath("synonyms.yaml").read_bytes()

_LONGEST: Final = 3
_SHARED_LETTERS: Final = 0.6
_LEAST_LETTERS: Final = 4


def substituted(said: Sequence[Token], quoted: Sequence[Token], context: Sequence[Token], alignment: Alignment) -> bool:
    """A word that the cited text does not have stands where it has another, and nothing tells that both mean the same.

    No list tells every synonym from every opposite, so who gets this says no more than "not sure". Inflections, parts
    of compounds and the official words for everyday ones are known to mean the same.
    """
    if not alignment.close:
        return False
    known = {each.stem for each in (*quoted, *context)}
    for a, b, c, d in alignment.replaced:
        if b - a > _LONGEST or d - c > _LONGEST:
            continue
        mine = [each for each in said[a:b] if each.word and not each.light and each.stem not in known]
        theirs = [each for each in quoted[c:d] if each.word and not each.light]
        if modals(mine) and modals(theirs):
            # Whether both say the same is the check of modality's to tell.
            continue
        if mine and theirs and not figures(theirs) and not all(any(_same(x, y) for y in theirs) for x in mine):
            return True
    return False


def _same(one: Token, other: Token) -> bool:
    if _groups(one) & _groups(other):
        return True
    short, long = sorted((one.low, other.low), key=len)
    if len(short) >= _LEAST_LETTERS and (long.startswith(short) or long.endswith(short)):
        return True
    shared = next((n for n, (x, y) in enumerate(zip(short, long, strict=False)) if x != y), len(short))
    if shared >= max(_LEAST_LETTERS, _SHARED_LETTERS * len(long)):
        return True
    return _official(one) & terms(other.text) != frozenset() or _official(other) & terms(one.text) != frozenset()


def _official(token: Token) -> frozenset[str]:
    return frozenset(term for _, words in official(token.text, near=True) for word in words for term in terms(word))


def _groups(token: Token) -> frozenset[int]:
    return _synonyms().get(token.stem, frozenset())


@lru_cache(maxsize=1)
def _synonyms() -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for number, row in enumerate(yaml.safe_load(SYNONYMS)):
        for word in map(folded, str(row).split()):
            found[stem(word)] = found.get(stem(word), frozenset()) | {number}
    return found
