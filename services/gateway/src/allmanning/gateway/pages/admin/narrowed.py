"""A long list of a page, narrowed to what somebody looks for, and no longer than a page can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Row = TypeVar("Row")

MOST_ROWS: Final = 100
# Fewer than these are seen at a glance.
_FEW: Final = 20


@dataclass(frozen=True)
class Narrowed(Generic[Row]):
    """`rows` are the first of `matching` rows of `total` that hold `text`."""

    rows: Sequence[Row]
    text: str
    matching: int
    total: int

    @property
    def is_long(self) -> bool:
        """Whether there is anything to look for in it."""
        return self.total > _FEW


def narrowed(rows: Sequence[Row], text: str, words: Callable[[Row], str]) -> Narrowed[Row]:
    """The rows whose `words` hold `text`, in any case, in the order that they have."""
    sought = text.strip().casefold()
    found = [each for each in rows if sought in words(each).casefold()]
    return Narrowed(found[:MOST_ROWS], text.strip(), len(found), len(rows))
