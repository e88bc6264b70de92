"""What a sentence claims, and whether another sentence claims otherwise of the same.

Two sentences are held against each other only when their content words are the same. Of what is left, an amount, a
time, a date, a weekday, one of two opposites, or that it is denied, exactly one may differ: with two differences they
speak of different cases ("lower than 1.2 m: not needed", "higher: needed"; Monday 8 to 16, Saturday 10 to 14).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from allmanning.generate.support.antonyms import opposites
from allmanning.generate.support.dates import dates
from allmanning.generate.support.figures import figures
from allmanning.generate.support.mentions import Mention
from allmanning.generate.support.tokens import Token, tokens
from allmanning.index.analyse import stem
from allmanning.index.fold import folded

_DENIED: Final = "denied"
_DATE: Final = "date"
# As `opposites` names its groups.
_OPPOSITE: Final = "opposite "
_NOT: Final = frozenset(folded("inte ej icke aldrig ingen inget inga not no never").split())
# Another year is another edition, and a month alone says when rather than what: they stay with the content words.
_TELL_APART: Final = frozenset({"calendar year", "month"})
# They tie a thing to its figure, one as well as the other.
_TIES: Final = frozenset(
    stem(word)
    for word in folded(
        "är var blir kostar kosta uppgår ligger gäller pris priset avgift avgiften kostnad kostnaden tar betalar"
        " debiteras"
    ).split()
)
# Shorter sentences say the same of many things.
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """The content words by their stems, and the values of each kind of what may differ."""

    about: frozenset[str]
    values: Mapping[str, frozenset[str]]


@lru_cache(maxsize=4_000)
def claim(text: str) -> Claim | None:
    """The claim of a sentence; None for one that is too short to be about one thing."""
    words = tokens(text)
    mentions = list(_mentions(words))
    taken = {at for each in mentions for at in range(each.start, each.end)}
    about = frozenset(
        each.stem for at, each in enumerate(words) if at not in taken and not each.light and each.stem not in _TIES
    )
    values: dict[str, set[str]] = {_DENIED: {"no"}}
    for each in mentions:
        if each.kind == _DENIED:
            values[_DENIED] = {"yes"}
        else:
            values.setdefault(each.kind, set()).add(each.value)
    if len(about) + sum(each.kind.startswith(_OPPOSITE) for each in mentions) < _FEWEST:
        return None
    return Claim(about, {kind: frozenset(found) for kind, found in values.items()})


def contradict(one: Claim, other: Claim) -> bool:
    """Whether both can't be so: the same words, the same kinds of values, and one kind without a value in common."""
    if one.about != other.about or one.values.keys() != other.values.keys():
        return False
    different = [kind for kind, found in one.values.items() if found != other.values[kind]]
    if len(different) != 1:
        return False
    ours, theirs = one.values[different[0]], other.values[different[0]]
    # What happens in March and in April happens twice.
    apart = different[0] == _DATE and _months(ours) != _months(theirs)
    return not apart and not ours & theirs


def _months(days: frozenset[str]) -> set[str]:
    return {each.partition("-")[0] for each in days}


def _mentions(words: Sequence[Token]) -> Iterator[Mention]:
    """Each token belongs to one mention at most: a date is no number, and "första" no opposite of a date."""
    taken: set[int] = set()
    for each in (*dates(words), *_denials(words), *figures(words), *opposites(words)):
        places = set(range(each.start, each.end))
        if each.kind in _TELL_APART or not each.kind or words[each.start].stem in _TIES:
            continue
        if not places & taken:
            taken |= places
            yield each


def _denials(words: Sequence[Token]) -> Iterator[Mention]:
    for at, each in enumerate(words):
        if each.low in _NOT:
            yield Mention(_DENIED, "yes", at, at + 1)
