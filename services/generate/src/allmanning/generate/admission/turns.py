"""Whose turn it is among those that wait: start-time fair queueing on one level.

Goyal, Vin and Cheng, "Start-time Fair Queueing" (SIGCOMM 1996). What a turn costs is known only afterwards, so that it
is charged an estimate first and the difference when it has ended, as Sheng et al. do for tokens ("Fairness in Serving
Large Language Models", OSDI 2024).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, Self, TypeVar

K = TypeVar("K")


class Turns(Generic[K]):
    """Keys take turns in proportion to their weights; a cost given here is already divided by the key's weight.

    For two keys that both wait all the time, what they have been charged differs by at most one cost of each.
    Who was away saves nothing up and owes nothing for what it had while nobody else wanted it.
    """

    def __init__(
        self, now: float = 0.0, starts: Mapping[K, float] | None = None, finishes: Mapping[K, float] | None = None
    ) -> None:
        self._now = now
        self._starts = dict(starts or {})
        self._finishes = dict(finishes or {})

    def __bool__(self) -> bool:
        return bool(self._starts)

    @property
    def waiting(self) -> list[K]:
        """Who waits."""
        return list(self._starts)

    def join(self, key: K) -> None:
        """`key` wants a turn."""
        if key not in self._starts:
            self._starts[key] = max(self._now, self._finishes.get(key, 0.0))

    def leave(self, key: K) -> None:
        """`key` wants none any more."""
        self._starts.pop(key, None)
        self._forget()

    def first(self) -> K:
        """Whose turn it is; of equals, who joined first. Raises ValueError when nobody waits."""
        return min(self._starts, key=self._starts.__getitem__)

    def take(self, key: K, cost: float, *, again: bool) -> None:
        """`key`, which waits, gets its turn; `again`: it waits for another."""
        start = self._starts.pop(key)
        self._now = max(self._now, start)
        self._finishes[key] = start + cost
        if again:
            self._starts[key] = start + cost
        else:
            self._forget()

    def correct(self, key: K, difference: float) -> None:
        """A turn cost so much more (or less) than what was charged."""
        finish = self._finishes.get(key, self._now) + difference
        self._finishes[key] = finish
        if key in self._starts:
            self._starts[key] = max(self._now, finish)
        self._forget()

    def copy(self) -> Self:
        """The same state, to look ahead in."""
        return type(self)(self._now, self._starts, self._finishes)

    def _forget(self) -> None:
        """Once nobody waits, only who is ahead of the others matters."""
        if not self._starts:
            self._finishes = {key: finish for key, finish in self._finishes.items() if finish > self._now}
