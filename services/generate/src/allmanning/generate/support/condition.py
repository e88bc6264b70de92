"""Conditions and alternatives: "om", "antingen … eller"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allmanning.generate.support.alignment import Alignment
from allmanning.generate.support.modality import modals
from allmanning.generate.support.tokens import Token
from allmanning.index.fold import folded


def _words(text: str) -> frozenset[str]:
    return frozenset(folded(text).split())


_ALWAYS: Final = _words("ifall såvida såvitt förutsatt antingen huruvida if unless provided either whether")
# Prepositions or adverbs elsewhere than at the beginning of a sentence.
_WHEN_FIRST: Final = _words("om")
_KEPT_BY: Final = _words("om ifall såvida när då vid förutsatt if when unless provided")
_EITHER: Final = _words("eller or")


def condition_left_out(said: Sequence[Token], quoted: Sequence[Token], alignment: Alignment) -> bool:
    """A part of a conditional, or one of two alternatives, said as a fact.

    From "if A, then B" follows neither A nor B, and from "A or B" neither, unless it is allowed to do either: from "du
    får A eller B" follows "du får A" (von Wright 1968 on free choice).
    """
    mine = {token.low for token in said}
    relevant = alignment.relevant(quoted)
    conditional = any(each.low in _ALWAYS or (each.first and each.low in _WHEN_FIRST) for each in relevant)
    if conditional and not mine & (_KEPT_BY | _ALWAYS):
        return True
    either = any(each.low in _EITHER for each in relevant) and not mine & _EITHER
    return either and not any(each.value == "right" for each in modals(said))
