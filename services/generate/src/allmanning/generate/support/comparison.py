"""Comparisons: "snabbare än", "lika stor som"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allmanning.generate.support.tokens import Token
from allmanning.index.fold import folded

_THAN: Final = frozenset({folded("än"), "than"})
_AS: Final = frozenset({"lika", "samma", "same"})
_REACH: Final = 5


def comparison_differs(said: Sequence[Token], relevant: Sequence[Token]) -> bool:
    """One text compares where the other does not, or compares once more.

    Who is quicker than the slow need not be quick: a comparative says nothing of its adjective by itself (Kennedy 2007,
    on gradable adjectives), and what follows "än" is what it is said of.
    """
    return _comparisons(said) != _comparisons(relevant)


def _comparisons(tokens: Sequence[Token]) -> int:
    lows = [token.low for token in tokens]
    return sum(
        low in _THAN or (low in _AS and bool({"som", "as"} & set(lows[at + 1 : at + _REACH])))
        for at, low in enumerate(lows)
    )
