"""Things said of something: a number, a date, a duty. The same thing must be said of the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.generate.support.measure import measured
from allmanning.generate.support.tokens import Token

_REACH: Final = 7
"""Tokens on each side that tell what a mention is said of."""
_LIGHT: Final = 0.4
_OTHER_SIDE: Final = 0.5
_CLEARLY: Final = 0.2


@dataclass(frozen=True, slots=True)
class Mention:
    """A value of a kind, at the tokens `start` to `end` (exclusive) of a text."""

    kind: str
    """Mentions of one kind exclude each other: "3 veckor" and "4 veckor" or "20 dagar"; the kind "" fits every one."""
    value: str
    start: int
    end: int

    def rivals(self, other: Mention) -> bool:
        """Both could stand at the same place."""
        return not self.kind or not other.kind or self._measured[0] == other._measured[0]

    def equals(self, other: Mention) -> bool:
        """Both say the same, be it in different units."""
        if not self.kind or not other.kind:
            return self.value == other.value
        return self._measured == other._measured

    @property
    def _measured(self) -> tuple[str, str]:
        return measured(self.kind, self.value)


def missing(said: Iterable[Mention], quoted: Sequence[Mention]) -> list[Mention]:
    """What is said and not quoted at all."""
    return [each for each in said if not any(each.rivals(other) and each.equals(other) for other in quoted)]


def misplaced(
    said: Sequence[Mention], tokens: Sequence[Token], quoted: Sequence[Mention], quoted_tokens: Sequence[Token]
) -> list[Mention]:
    """What is said of something of which the quoted text says another thing of the same kind.

    Compares the words around each mention, nearer ones counting more; only a clear difference tells.
    """
    found = []
    for each in said:
        rivals = [other for other in quoted if each.rivals(other)]
        mine = _surroundings(each, tokens)
        same = [_likeness(mine, _surroundings(other, quoted_tokens)) for other in rivals if each.equals(other)]
        others = [_likeness(mine, _surroundings(other, quoted_tokens)) for other in rivals if not each.equals(other)]
        if others and max(others) > max(same, default=0.0) + _CLEARLY:
            found.append(each)
    return found


_Side = dict[str, float]


def _surroundings(mention: Mention, tokens: Sequence[Token]) -> tuple[_Side, _Side]:
    before = tokens[max(0, mention.start - _REACH) : mention.start]
    return _weighed(reversed(before)), _weighed(tokens[mention.end : mention.end + _REACH])


def _weighed(side: Iterable[Token]) -> _Side:
    weights: _Side = {}
    for distance, token in enumerate(side):
        weight = (_LIGHT if token.light else 1.0) / (1 + distance)
        weights[token.stem] = max(weights.get(token.stem, 0.0), weight)
    return weights


def _likeness(mine: tuple[_Side, _Side], other: tuple[_Side, _Side]) -> float:
    straight = _shared(mine[0], other[0]) + _shared(mine[1], other[1])
    crossed = _shared(mine[0], other[1]) + _shared(mine[1], other[0])
    return max(straight, _OTHER_SIDE * crossed)


def _shared(one: _Side, other: _Side) -> float:
    return sum(min(weight, other[stem]) for stem, weight in one.items() if stem in other)
