"""What a denying, limiting or rare-making word is said of: the word that it stands beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allmanning.generate.support.meaning import carried_by
from allmanning.generate.support.tokens import Token
from allmanning.index.fold import folded

_SCOPED: Final = frozenset(
    folded(
        "sällan knappt knappast föga inte ej aldrig ingen inget inga utan bara endast enbart nästan"
        " seldom rarely hardly barely only not never no without"
    ).split()
)
_PASSED_OVER: Final = frozenset(
    folded("har är var hade blir blev kan ska får alltså också även dock därför heller").split()
)
_REACH: Final = 3


def scope_moved(said: Sequence[Token], quoted: Sequence[Token]) -> bool:
    """Such a word stands in both texts, but beside nothing that it stands beside in the other.

    In Swedish the adverb stands next to what it belongs to (Svenska Akademiens grammatik, Satsadverbial): "de har
    hittats, men sällan i mängder" says nothing of what "har sällan hittats".
    """
    for at, token in enumerate(said):
        if token.low not in _SCOPED:
            continue
        theirs = [_beside(quoted, place) for place, other in enumerate(quoted) if other.low == token.low]
        mine = _beside(said, at)
        if theirs and not any(carried_by(one, other) for near in theirs for other in near for one in mine):
            return True
    return False


def _beside(tokens: Sequence[Token], at: int) -> list[Token]:
    """The nearest word that means something on each side."""
    sides = (tokens[at + 1 : at + 1 + _REACH], tokens[max(0, at - _REACH) : at][::-1])
    return [each for side in sides for each in list(filter(_telling, side))[:1]]


def _telling(token: Token) -> bool:
    return not token.light and token.low not in _SCOPED and token.low not in _PASSED_OVER
