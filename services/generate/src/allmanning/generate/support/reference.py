"""Who "han", "den" and "de" are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allmanning.generate.support.alignment import Alignment
from allmanning.generate.support.tokens import Token
from allmanning.index.fold import folded

_PRONOUNS: Final = frozenset(
    folded(
        "han hon den det de honom henne dem hans hennes dess deras he she it they him her them his its their"
    ).split()
)


def reference_changed(said: Sequence[Token], quoted: Sequence[Token], alignment: Alignment) -> bool:
    """A pronoun stands where the quoted text has a name, or a name where it has a pronoun.

    A pronoun points to what was spoken of last and fits it (Grosz, Joshi and Weinstein 1995 on centering): in other
    surroundings that is someone else.
    """
    if not alignment.close:
        return False
    return any(
        _pronoun(one) and _name(other)
        for a, b, c, d in alignment.replaced
        for one, other in ((said[a:b], quoted[c:d]), (quoted[c:d], said[a:b]))
    )


def _pronoun(tokens: Sequence[Token]) -> bool:
    return any(token.low in _PRONOUNS for token in tokens)


def _name(tokens: Sequence[Token]) -> bool:
    return any(token.word and token.text[0].isupper() and token.low not in _PRONOUNS for token in tokens)
