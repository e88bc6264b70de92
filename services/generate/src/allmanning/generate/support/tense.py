"""Was it so, is it so, will it be so?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allmanning.generate.support.alignment import Alignment
from allmanning.generate.support.tokens import Token
from allmanning.index.fold import folded

_PRESENT: Final = frozenset(folded("är har blir finns gäller kan kommer ska is are has will").split())
_PAST: Final = frozenset(folded("var hade blev fanns gällde kunde kom skulle was were had did").split())
_FUTURE: Final = frozenset({"kommer", "will"})


def tense_differs(said: Sequence[Token], quoted: Sequence[Token], alignment: Alignment) -> bool:
    """The finite verb of the one is past where the other's is present, or what is to come is said to be.

    A rule that was is not a rule that is. "Har krävt" and "krävde" are both past, so the auxiliary before a supine is
    not compared with a past verb.
    """
    if not alignment.close:
        return False
    return any(
        (one & _PRESENT and other & _PAST) or (one & _PAST and other & _PRESENT) or bool((one ^ other) & _FUTURE)
        for one, other in (
            ({each.low for each in said[a:b]}, {each.low for each in quoted[c:d]}) for a, b, c, d in alignment.replaced
        )
    )
