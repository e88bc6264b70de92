"""Opposites: "högst" is not said of what is "minst", nor "avslag" of what was granted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Final

import yaml

from allmanning.generate.support.alignment import Alignment
from allmanning.generate.support.mentions import Mention
from allmanning.generate.support.tokens import Token
from allmanning.index.analyse import stem
from allmanning.index.fold import folded

OPPOSITES: Final = files("allmanning.generate.support").joinpath("antonyms.yaml").read_bytes()

# Light words are opposites only as they stand: their stems are those of other words.
_BY_STEM_FROM: Final = 5
_PREFIXES: Final = ("o", "ir", "in", "im", "icke-", "icke", "miss", "av", "de", "van", "non-", "un", "dis")
_LEAST_PREFIXED: Final = 5
# Too common to be compared unless one stands exactly where the other stood.
_SMALL: Final = {
    one: other
    for pair in (
        "in ut",
        "till fran",
        "for mot",
        "med utan",
        "upp ner",
        "upp ned",
        "pa av",
        "hon han",
        "min din",
        "vart ert",
    )
    for one, other in (pair.split(), reversed(pair.split()))
}


@lru_cache(maxsize=1)
def _sides() -> tuple[Mapping[str, tuple[tuple[str, str], ...]], Mapping[str, tuple[tuple[str, str], ...]]]:
    """By word and by stem: the groups that a word belongs to, and its side in each."""
    exact: dict[str, list[tuple[str, str]]] = {}
    stems: dict[str, list[tuple[str, str]]] = {}
    for number, row in enumerate(yaml.safe_load(OPPOSITES)):
        for side, written in enumerate(str(row).split("|")):
            place = (f"opposite {number}", str(side))
            for word in map(folded, written.split()):
                exact.setdefault(word, []).append(place)
                if len(word) >= _BY_STEM_FROM:
                    stems.setdefault(stem(word), []).append(place)
    return _frozen(exact), _frozen(stems)


def _frozen(found: Mapping[str, list[tuple[str, str]]]) -> Mapping[str, tuple[tuple[str, str], ...]]:
    return {word: tuple(dict.fromkeys(places)) for word, places in found.items()}


def opposites(tokens: Sequence[Token]) -> list[Mention]:
    """Every word that has an opposite, once for each group it stands in."""
    return list(_opposites(tokens))


def _opposites(tokens: Sequence[Token]) -> Iterator[Mention]:
    exact, stems = _sides()
    for at, token in enumerate(tokens):
        if not token.word:
            continue
        for group, side in exact.get(token.low) or stems.get(token.stem, ()):
            yield Mention(group, side, at, at + 1)


def turned(said: Sequence[Token], quoted: Sequence[Token]) -> bool:
    """A word of the sentence is the quoted one with "o" put before it or taken away: "giltig" and "ogiltig"."""
    mine, theirs = {each.stem for each in said if each.word}, {each.stem for each in quoted if each.word}
    new, gone = mine - theirs, theirs - mine
    return any(
        prefix + word in other
        for one, other in ((new, gone), (gone, new))
        for word in one
        if len(word) >= _LEAST_PREFIXED
        for prefix in _PREFIXES
    )


def small_turned(said: Sequence[Token], quoted: Sequence[Token], alignment: Alignment) -> bool:
    """A small word stands where the quoted text has its opposite, in otherwise the same words."""
    return alignment.close and any(
        _SMALL.get(mine.low) == other.low
        for a, b, c, d in alignment.replaced
        for mine in said[a:b]
        for other in quoted[c:d]
    )
