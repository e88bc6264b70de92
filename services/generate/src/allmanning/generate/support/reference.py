"""Who "han", "den", "de" and "de andra" are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Final

from allmanning.generate.support.alignment import Alignment
from allmanning.generate.support.meaning import carried_by
from allmanning.generate.support.tokens import Token
from allmanning.index.fold import folded

_PRONOUNS: Final = frozenset(
    folded(
        "han hon den det de honom henne dem hans hennes dess deras he she it they him her them his its their"
    ).split()
)
# What they point to is said before, or by the noun that follows: with the one or the other they may mean another.
_POINTING: Final = frozenset(
    folded("andra andre övriga samma sådana sådan sådant förra förre senare båda bägge respektive others other").split()
)


def reference_changed(said: Sequence[Token], quoted: Sequence[Token], alignment: Alignment) -> bool:
    """Something else is pointed at.

    A pronoun stands where the quoted text has a name, or a name where it has a pronoun: a pronoun points to what was
    spoken of last and fits it (Grosz, Joshi and Weinstein 1995 on centering), and in other surroundings that is someone
    else. Or "de andra" has a noun after it in one of the texts alone (ellipsis in the noun phrase: Svenska Akademiens
    grammatik, Nominalfraser). Or a name that the text has once stands in the place of other words, too.
    """
    if not alignment.close:
        return False
    swapped = any(
        _pronoun(one) and _name(other)
        for a, b, c, d in alignment.replaced
        for one, other in ((said[a:b], quoted[c:d]), (quoted[c:d], said[a:b]))
    )
    return swapped or _pointed_elsewhere(said, quoted) or _repeated(said, quoted, alignment)


def _pointed_elsewhere(said: Sequence[Token], quoted: Sequence[Token]) -> bool:
    mine, theirs = _pointed(said), _pointed(quoted)
    return any(each not in theirs.get(low, {each}) and "" in {each, *theirs[low]} for low in mine for each in mine[low])


def _pointed(tokens: Sequence[Token]) -> Mapping[str, set[str]]:
    """By pointing word the nouns after it by their stems, "" where none follows."""
    found: dict[str, set[str]] = {}
    for token, after in zip_longest(tokens, tokens[1:]):
        if token.low in _POINTING:
            found.setdefault(token.low, set()).add(after.stem if after and _noun_may_be(after) else "")
    return found


def _noun_may_be(token: Token) -> bool:
    return token.word and not token.light and not token.first


def _repeated(said: Sequence[Token], quoted: Sequence[Token], alignment: Alignment) -> bool:
    mine, theirs = (Counter(each.stem for each in text) for text in (said, quoted))
    return any(
        _name([token])
        and 0 < theirs[token.stem] < mine[token.stem]
        and not any(carried_by(token, each) for each in instead)
        for a, b, c, d in alignment.replaced
        if (instead := [each for each in quoted[c:d] if each.word and not each.light])
        for token in said[a:b]
    )


def _pronoun(tokens: Sequence[Token]) -> bool:
    return any(token.low in _PRONOUNS for token in tokens)


def _name(tokens: Sequence[Token]) -> bool:
    return any(token.word and token.text[0].isupper() and token.low not in _PRONOUNS for token in tokens)
