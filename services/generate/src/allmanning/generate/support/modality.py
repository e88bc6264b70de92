"""May, can, should and must: a right is no duty, and a piece of advice is neither."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from allmanning.generate.support.mentions import Mention
from allmanning.generate.support.tokens import Token
from allmanning.index.fold import folded


def _words(text: str) -> frozenset[str]:
    return frozenset(folded(text).split())


_DUTY: Final = _words(
    "måste ska skall skulle krävs kräver krävdes behöver behövs tvungen tvungna skyldig skyldiga skyldigt tvingas"
    " obligatorisk obligatoriskt obligatoriska must shall required requires need needs obliged mandatory"
)
_RIGHT: Final = _words(
    "kan kunde tillåtet tillåten tillåts frivilligt frivillig valfritt valfri möjlighet may can could might optional"
    " allowed"
)
_ADVICE: Final = _words(
    "bör borde gärna rekommenderas rekommenderar rekommenderat lämpligt lämpligen should ought recommended"
)
# "Får" gives leave when a verb follows, and means "receives" when none does.
_LEAVE: Final = _words("får fick finge")
_VERB_WITHIN: Final = 4
_INFINITIVES: Final = _words("bli ha gå se ge ta stå få dö bo tro ske le be bygga vara nå må")
_NO_VERBS: Final = _words(
    "alla andra flera båda några samma våra dessa bra egna sina mina dina hela halva olika enda inga era"
)


def modals(tokens: Sequence[Token]) -> list[Mention]:
    """Every word that says whether something must, may or should be."""
    return list(_modals(tokens))


def _modals(tokens: Sequence[Token]) -> Iterator[Mention]:
    for at, token in enumerate(tokens):
        if token.low in _DUTY:
            yield Mention("modal", "duty", at, at + 1)
        elif token.low in _RIGHT or (token.low in _LEAVE and _verb_follows(tokens[at + 1 : at + 1 + _VERB_WITHIN])):
            yield Mention("modal", "right", at, at + 1)
        elif token.low in _ADVICE:
            yield Mention("modal", "advice", at, at + 1)


def _verb_follows(after: Sequence[Token]) -> bool:
    return any(
        token.low in _INFINITIVES
        or (token.low.endswith("a") and len(token.low) > 2 and token.low not in _NO_VERBS and token.text.islower())
        or (token.low.endswith("as") and len(token.low) > 4)
        for token in after
    )
