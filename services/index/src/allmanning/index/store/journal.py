"""What has been written to a shard since a copy of it was taken."""

from __future__ import annotations

from collections.abc import Sequence

from qdrant_edge import UpdateOperation

# About 15 kB each. More come only from a server of embeddings, and then the copy is given up.
LIMIT_POINTS = 20_000


class Journal:
    """Keeps operations, in their order, from `start` to `stop`.

    Each operation depends on nothing but the points that are there, so that repeated on the copy they make it equal. It
    need not be durable: until the copy has taken its place, the shard it was taken of has everything.
    """

    def __init__(self) -> None:
        self._operations: list[UpdateOperation] | None = None
        self.points = 0
        """Points stored since the last `start`, or before any."""

    def start(self) -> None:
        self._operations, self.points = [], 0

    def note(self, operation: UpdateOperation, points: int = 0) -> None:
        """An operation that was carried out, and how many points it stored."""
        self.points += points
        if self.points > LIMIT_POINTS:
            self._operations = None
        if self._operations is not None:
            self._operations.append(operation)

    def operations(self) -> Sequence[UpdateOperation]:
        """What was kept. Raises `OverflowError` when it was too much to keep."""
        if self._operations is None:
            raise OverflowError(f"{self.points} points were written meanwhile")
        return self._operations

    def stop(self) -> None:
        self._operations = None
