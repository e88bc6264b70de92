"""Who "alla" are: what narrows a quantifier may not be left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allmanning.generate.support.alignment import Alignment
from allmanning.generate.support.tokens import Token
from allmanning.index.fold import folded

_NARROWED: Final = frozenset(
    folded(
        "alla allt samtliga varje ingen inget inga flesta många få första sista enda bara endast enbart"
        " all every each no most many few first last only"
    ).split()
)
_REACH: Final = 3


def restriction_left_out(quoted: Sequence[Token], alignment: Alignment) -> bool:
    """A word is left out close after "alla", "inga", "de flesta" or "den första", which the sentence keeps.

    What is so of all new houses need not be so of all houses: these quantifiers may be narrowed, never widened
    (downward monotone, or not monotone, in what they range over: van Benthem 1986; MacCartney and Manning 2009).
    """
    for a, b, c, d in alignment.between:
        left_out = [each for each in quoted[c:d] if each.word and not each.light]
        if a == b and left_out and any(each.low in _NARROWED for each in quoted[max(0, c - _REACH) : c]):
            return True
    return False
