"""Every case that rows tell apart, exactly.

A column takes finitely many values as far as rows can see: its words and no others, or the stretches between the
numbers that some row names. A row is then a box in that space, and what rows above leave of it is a set of boxes,
found by splitting. Nothing is sampled: no box left means that no case is left.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from allmanning.audit.gate.evaluator import met
from allmanning.audit.gate.facts import COLUMNS, NUMBERS, TRUTHS, WORDS, Fact, Facts
from allmanning.audit.gate.row import Rule

# For each column of the space, a bit for each of its values.
Box: TypeAlias = tuple[int, ...]
_STEP: Final = 1_000_000
MAX_SPLITS: Final = 500_000


class TooInvolved(Exception):
    """The rows make more regions than can be gone through; nothing may then be said of them."""


class Space:
    """The columns that some row reads, each with one value for every stretch that rows tell apart."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        read = {cell.column for rule in rules for cell in rule.cells}
        self._columns = [column for column in COLUMNS if column in read]
        self._values = [_values(column, rules) for column in self._columns]
        self.whole: Box = tuple((1 << len(values)) - 1 for values in self._values)
        self._splits = 0

    def box(self, rule: Rule) -> Box:
        """The cases that meet every condition of a row."""
        masks = list(self.whole)
        for cell in rule.cells:
            place = self._columns.index(cell.column)
            masks[place] &= sum(1 << bit for bit, value in enumerate(self._values[place]) if met(cell, value))
        return tuple(masks)

    def left(self, box: Box, taken: Sequence[Box]) -> Iterator[Box]:
        """Boxes without overlap that together are `box` without the `taken` ones.

        Raises:
            TooInvolved: after 500,000 splits.
        """
        if not all(box):
            return
        for number, other in enumerate(taken):
            if not all(mine & theirs for mine, theirs in zip(box, other, strict=True)):
                continue
            self._splits += 1
            if self._splits > MAX_SPLITS:
                raise TooInvolved
            for place, theirs in enumerate(other):
                if outside := box[place] & ~theirs:
                    yield from self.left((*box[:place], outside, *box[place + 1 :]), taken[number + 1 :])
                    box = (*box[:place], box[place] & theirs, *box[place + 1 :])
            return
        yield box

    def case(self, box: Box) -> Facts:
        """A case in the box; what need not be known in it is left out."""
        facts: dict[str, Fact] = {}
        for column, values, mask in zip(self._columns, self._values, box, strict=True):
            # The first value is that nothing is known.
            if not mask & 1:
                value = values[(mask & -mask).bit_length() - 1]
                if value is not None:
                    facts[column] = value
        return facts


def both(one: Box, other: Box) -> Box:
    """What two boxes share; a zero in it means nothing."""
    return tuple(mine & theirs for mine, theirs in zip(one, other, strict=True))


def _values(column: str, rules: Sequence[Rule]) -> list[Fact | None]:
    """Unknown first, then a value for each stretch of the column."""
    if column in TRUTHS:
        return [None, True, False]
    if column in WORDS:
        return [None, *sorted(WORDS[column])]
    named = {each for rule in rules for cell in rule.cells if cell.column == column for each in _named(cell.value)}
    if column in NUMBERS:
        return [None, *(step / _STEP for step in _starts(named))]
    other = "annat"
    while other in named:
        other += "."
    return [None, *sorted(str(each) for each in named), other]


def _starts(named: Iterable[Fact]) -> list[int]:
    """Where the stretches of a share begin, in steps: at each number and one step, the smallest there is, above it."""
    steps = {round(float(each) * _STEP) for each in named}
    return sorted(
        step for step in {0, _STEP} | {step + more for step in steps for more in (0, 1)} if 0 <= step <= _STEP
    )


class Stretches:
    """Shares as rows tell them apart: two in the same stretch meet the same conditions."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        cells = [cell for rule in rules for cell in rule.cells]
        self._starts = {
            column: _starts(each for cell in cells if cell.column == column for each in _named(cell.value))
            for column in NUMBERS
        }

    def of(self, facts: Facts) -> tuple[Fact, ...]:
        """What rows can tell of facts: each column and its value, or in place of a share the number of its stretch."""
        told: list[Fact] = []
        for column, value in facts.items():
            starts = self._starts.get(column)
            told += (column, value if starts is None else bisect_right(starts, round(float(value) * _STEP)))
        return tuple(told)


def _named(value: Fact | tuple[str, ...]) -> tuple[Fact, ...]:
    return value if isinstance(value, tuple) else (value,)


def written(facts: Mapping[str, Fact]) -> str:
    """A case in the table's own words: `skede: svar, sekretess: öppen`."""
    return ", ".join(f"{column}: {_written(value)}" for column, value in facts.items()) or "inga uppgifter kända"


def _written(value: Fact) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return f"{value:.6g}".replace(".", ",") if isinstance(value, float) else value
