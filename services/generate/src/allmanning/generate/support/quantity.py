"""How many, how much and how often: "alla", "några", "de flesta", "få", "sällan"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allmanning.generate.support.tokens import Token
from allmanning.index.fold import folded

_NONE: Final = "none"
_FEW: Final = "few"
_SOME: Final = "some"
_ALL: Final = "all"
_GROUPS: Final = {
    _ALL: "alla samtliga varje varenda allihop allt hela all every each",
    _NONE: "ingen inget inga noll no none",
    _SOME: "några någon något vissa somliga någonstans some any",
    "many": "många mycket mängder many much",
    _FEW: "fåtal fåtalet lite litet föga knappt few little hardly barely",
    "several": "flera fler several",
    "most": "flesta mest huvudsakligen flertalet majoriteten most",
    "more": "mer mera more",
    "less": "mindre färre less fewer",
    "both": "båda bägge both",
    "half": "halva hälften half",
    "nearly": "nästan almost nearly",
    "often": "ofta vanligtvis vanligen oftast normalt often usually",
    "always": "alltid ständigt always",
    "never": "aldrig never",
    "seldom": "sällan seldom rarely",
    "sometimes": "ibland sometimes",
}
_GROUP_OF: Final = {word: name for name, words in _GROUPS.items() for word in folded(words).split()}
# What is so of all, of many or of three is so of some (Barwise and Cooper 1981 on upward monotone quantifiers).
_IMPLIES_SOME: Final = frozenset({_ALL, "many", "several", "most", "both", "half", "few"})

# What is so of these need not be so without them (downward monotone).
_LITTLE: Final = frozenset({_FEW, "seldom"})


def quantity_differs(said: Sequence[Token], quoted: Sequence[Token], relevant: Sequence[Token]) -> bool:
    """The sentence counts with a word that its source does not count with and that does not follow from those it has,
    or leaves out that what it takes up is little: of few of us is not so of us.

    "Få" is a verb as often as a quantifier: only what takes it for one with certainty is among the words for few.
    """
    mine, theirs = _found(said), _found(quoted)
    implied = {_SOME} if theirs & _IMPLIES_SOME or any(token.number for token in quoted) else set()
    return bool(mine - theirs - implied or (_found(relevant) & _LITTLE) - mine)


def _found(tokens: Sequence[Token]) -> set[str]:
    return {_GROUP_OF[token.low] for token in tokens if token.low in _GROUP_OF}
