"""Words that widen or narrow what is said: "endast", "nästan", "alltid", "i vissa fall"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allmanning.generate.support.alignment import Alignment
from allmanning.generate.support.tokens import Token
from allmanning.index.fold import folded


def _groups(*rows: str) -> dict[str, int]:
    return {word: number for number, row in enumerate(rows) for word in folded(row).split()}


# Said without being quoted, these make more of a sentence than its source does.
_STRONGER: Final = _groups(
    "endast bara enbart uteslutande only just solely",
    "alltid ständigt always varje",
    "alla samtliga alltihop hela all every each",
    "exakt precis exactly",
    "automatiskt garanterat säkert garanterad automatically guaranteed definitely",
    "omedelbart genast direkt immediately",
    "nästan almost nearly",
    "omöjligt omöjlig impossible",
)
# Quoted without being said, these are what a sentence leaves out to say more than its source does.
_WEAKER: Final = _groups(
    "nästan almost nearly",
    "ungefär cirka omkring drygt knappt approximately about",
    "ofta oftast vanligen vanligtvis normalt huvudsak usually often",
    "ibland sällan undantagsvis sometimes rarely",
    "vissa några somliga enstaka some certain",
    "eventuellt möjligen troligen sannolikt kanske perhaps possibly probably",
    "endast bara enbart uteslutande only",
    "delvis partly",
    "försökte försöker försöka tried",
)


def overstated(said: Sequence[Token], relevant: Sequence[Token], alignment: Alignment) -> bool:
    """The sentence says more than the part of its source that it takes up."""
    mine = {token.low for token in said}
    theirs = {token.low for token in relevant}
    added = _found(_STRONGER, mine) - _found(_STRONGER, theirs)
    left_out = _found(_WEAKER, theirs) - _found(_WEAKER, mine) if alignment.close else set()
    return bool(added or left_out)


def _found(groups: dict[str, int], words: set[str]) -> set[int]:
    return {groups[word] for word in words if word in groups}
