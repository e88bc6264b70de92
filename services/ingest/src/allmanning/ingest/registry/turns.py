"""Whose turn it is: authorities one after the other, urgent work before normal before bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Final

from allmanning.ingest.registry.work import BULK, NORMAL, URGENT

# Of eight documents one is bulk and one normal even while urgent ones keep coming.
_FIRST: Final = (URGENT, URGENT, URGENT, NORMAL, URGENT, URGENT, URGENT, BULK)


class Turns:
    """The order in which one process takes work; it remembers who was served last."""

    def __init__(self) -> None:
        self._taken = 0
        self._last: defaultdict[int, str] = defaultdict(str)

    def order(self) -> list[int]:
        """Urgencies, the one to try first at the head."""
        first = _FIRST[self._taken % len(_FIRST)]
        return [first, *(each for each in (URGENT, NORMAL, BULK) if each != first)]

    def next(self, urgency: int, waiting: Collection[str]) -> str:
        """The authority among `waiting` that comes after the last one served, in order of name and round again."""
        later = [each for each in waiting if each > self._last[urgency]]
        return min(later or waiting)

    def taken(self, urgency: int, authority: str) -> None:
        """Note that a document of `authority` was taken."""
        self._taken += 1
        self._last[urgency] = authority
