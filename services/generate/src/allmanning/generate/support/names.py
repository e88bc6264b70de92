"""Names of people, places, authorities and acts must stand in what is cited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from allmanning.generate.support.alignment import Alignment
from allmanning.generate.support.tokens import Token
from allmanning.index.personal.given_names import GIVEN_NAMES

# Capitalised by courtesy or habit, and no names.
_NO_NAMES: Final = frozenset({"du", "ni", "er", "ert", "dig", "din", "ditt", "i", "you", "your", "kap"})
_LEAST_PART: Final = 4
_ENDING: Final = 3


def names_missing(said: Sequence[Token], quoted: Sequence[Token], context: Sequence[Token]) -> list[str]:
    """Names that neither the quoted text nor its title and headings have, folded."""
    known = {form for token in (*quoted, *context) if token.word for form in _forms(token.low)}
    return [low for low in _names(said) if not _known(low, known)]


def kept_names_missing(
    said: Sequence[Token], quoted: Sequence[Token], context: Sequence[Token], marks: str
) -> list[str]:
    """Names that no language translates, which the quoted text in another language has not, nor what is around it.

    Given names, and capitalised words with one of the Swedish letters `marks`. Of the others nobody knows here whether
    they are translated: "Skatteverket" is "the Swedish Tax Agency".
    """
    known = {form for token in (*quoted, *context) if token.word for form in _forms(token.low)}
    kept = {
        token.low
        for token in said
        if token.text in GIVEN_NAMES or (token.text[:1].isupper() and any(mark in token.text.lower() for mark in marks))
    }
    return [low for low in _names(said) if low in kept and not _known(low, known)]


def names_swapped(said: Sequence[Token], quoted: Sequence[Token], alignment: Alignment) -> bool:
    """A name stands where the quoted text has another, in otherwise the same words."""
    if not alignment.close:
        return False
    return any(
        mine and theirs and not mine & theirs
        for mine, theirs in ((_bare_names(said[a:b]), _bare_names(quoted[c:d])) for a, b, c, d in alignment.replaced)
    )


def _bare_names(tokens: Sequence[Token]) -> set[str]:
    return {token.low.rstrip("s") for token in tokens if token.word and _named(token)}


def _names(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.word and token.low not in _NO_NAMES and _named(token):
            yield token.low


def _named(token: Token) -> bool:
    text = token.text
    if len(text) > 1 and text.isupper():
        return True
    return text[:1].isupper() and (not token.first or text.rstrip("s") in GIVEN_NAMES or text in GIVEN_NAMES)


def _forms(low: str) -> Iterator[str]:
    yield low
    yield low.rstrip("s")
    yield from low.split("-")


def _known(low: str, known: set[str]) -> bool:
    if any(form in known for form in _forms(low)):
        return True
    # "Exempelbys" in "Exempelbyborna", "Skatteverkets" for "Skatteverket".
    bare = low.rstrip("s")
    return len(bare) >= _LEAST_PART and any(
        other.startswith(bare) or (len(other) >= len(bare) - _ENDING and bare.startswith(other)) for other in known
    )
