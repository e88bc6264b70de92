"""What is denied must be denied of the same, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allmanning.generate.support.alignment import Alignment
from allmanning.generate.support.tokens import Token
from allmanning.index.fold import folded

_NOT: Final = frozenset(
    folded(
        "inte ej icke aldrig ingen inget inga ingenting ingenstans ingendera varken knappast utan"
        " not never no none nobody nothing neither nor cannot without can't don't doesn't isn't aren't won't"
    ).split()
)
# Words that stand alone for a denial.
_FORBIDS: Final = ("förbjud", "förbud", "saknar", "saknas", "undantag", "undanta", "utom", "förutom", "except")
_FORBIDS_FOLDED: Final = tuple(folded(each) for each in _FORBIDS)
_REACH: Final = 2


def denies(token: Token) -> bool:
    """The token turns what is said into its opposite, or takes something out of it."""
    return token.low in _NOT or token.low.endswith("n't") or token.low.startswith(_FORBIDS_FOLDED)


def negation_differs(said: Sequence[Token], quoted: Sequence[Token], alignment: Alignment) -> bool:
    """One of the texts denies what the other does not.

    Of the quoted text only the part counts that the sentence takes up. In texts that are almost the same, every single
    denial is compared; in others, whether there is any.
    """
    relevant = alignment.relevant(quoted)
    mine, theirs = sum(map(denies, said)), sum(map(denies, relevant))
    if bool(mine) != bool(theirs):
        return True
    if not alignment.close:
        return False
    return mine != theirs or (bool(mine) and not _same_places(said, relevant))


def _same_places(said: Sequence[Token], quoted: Sequence[Token]) -> bool:
    theirs = [_near(quoted, at) for at, token in enumerate(quoted) if denies(token)]
    return all(any(_near(said, at) & other for other in theirs) for at, token in enumerate(said) if denies(token))


def _near(tokens: Sequence[Token], at: int) -> set[str]:
    around = [*tokens[max(0, at - _REACH) : at], *tokens[at + 1 : at + 1 + _REACH]]
    return {token.stem for token in around}
