"""Who does what to whom: the same words in another order."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from allmanning.generate.support.negation import denies
from allmanning.generate.support.tokens import Token
from allmanning.index.fold import folded

_COPULAS: Final = frozenset(folded("är var blir blev har hade is was are were has had").split())
_SUBJECTS: Final = {"du": "you", "ni": "you", "you": "you", "vi": "we", "we": "we"}
_MOST_PAIRS: Final = 400
_VERBS: Final = ("r", "de", "te", "ade", "bad")


def roles_swapped(said: Sequence[Token], quoted: Sequence[Token]) -> bool:
    """Two words have changed sides of a word that both texts have between them: "A hyr av B" and "B hyr av A".

    A clause that only moves takes its own verb along, and a passive has another form of it: neither is a swap.
    """
    mine, theirs = _single(said), _single(quoted)
    shared = [stem for stem in mine if stem in theirs]
    for one, other in itertools.islice(itertools.combinations(shared, 2), _MOST_PAIRS):
        if mine[one] < mine[other] and theirs[one] > theirs[other]:
            between = _telling(said[mine[one] + 1 : mine[other]])
            if between & _telling(quoted[theirs[other] + 1 : theirs[one]]):
                return True
    return False


def subjects_differ(said: Sequence[Token], quoted: Sequence[Token]) -> bool:
    """What "du" do in one text "vi" do in the other: the pronoun beside a word that stands once in both."""
    mine, theirs = _single(said), _single(quoted)
    return any(
        (here := _subjects(said, mine[stem])) and (there := _subjects(quoted, theirs[stem])) and not here & there
        for stem in mine
        if stem in theirs
    )


def _subjects(tokens: Sequence[Token], at: int) -> set[str]:
    beside = [*tokens[max(0, at - 2) : at], *tokens[at + 1 : at + 2]]
    return {_SUBJECTS[token.low] for token in beside if token.low in _SUBJECTS}


def _single(tokens: Sequence[Token]) -> dict[str, int]:
    """The places of words that mean something and stand once; a genitive counts as its name."""
    places: dict[str, list[int]] = {}
    for at, token in enumerate(tokens):
        if token.word and not token.light and token.low not in _COPULAS:
            stem = token.stem.rstrip("s") if token.text[:1].isupper() else token.stem
            places.setdefault(stem, []).append(at)
    return {stem: found[0] for stem, found in places.items() if len(found) == 1}


def _telling(tokens: Sequence[Token]) -> set[str]:
    return {
        token.low for token in tokens if token.word and not denies(token) and (not token.light or token.low in _COPULAS)
    }


def voice_changed(said: Sequence[Token], quoted: Sequence[Token]) -> bool:
    """The same subject before the same verb, which is active in one text and passive in the other.

    The s-passive makes the object the subject (Svenska Akademiens grammatik, Passiv): "A fyller B" is "B fylls av A",
    never "A fylls av B".
    """
    theirs = list(itertools.pairwise(quoted))
    return any(
        before.stem == other_before.stem and _voices(verb.low, other.low)
        for before, verb in itertools.pairwise(said)
        for other_before, other in theirs
        if before.word and not before.light
    )


def _voices(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=lambda word: word.endswith("s"))
    return (
        long.endswith("s")
        and not short.endswith("s")
        and short.endswith(_VERBS)
        and any(short.removesuffix(ending) + "s" == long for ending in ("", "r", "er"))
    )
