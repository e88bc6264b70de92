"""Messages of the leaf stream, taken in in the order of the stream whatever order they come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.engine import Connection

from allmanning.audit.log.database import upserting
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.schema import leaves, progress, waiting
from allmanning.runtime.errors import Conflict


class Arrival(NamedTuple):
    """A message of the leaf stream: its number there, from 1 without gaps, and its leaf unless it holds none."""

    sequence: int
    leaf: Leaf | None


def take(connection: Connection, batch: Sequence[Arrival]) -> list[Leaf]:
    """Note messages as taken in, or as waiting for one that precedes them; the leaves that now join the log.

    Raises:
        Conflict: `leaf.id_reused`.
    """
    asked = [each.leaf.id for each in batch if each.leaf]
    stored = _among(connection, leaves, asked)
    seen = _among(connection, waiting, asked) | stored
    for leaf in (each.leaf for each in batch if each.leaf):
        if seen.setdefault(leaf.id, leaf.data) != leaf.data:
            raise Conflict("leaf.id_reused", f"Posten {leaf.id} finns redan med annat innehåll.")
    queue = _Queue(connection)
    for arrival in sorted(batch, key=lambda each: each.sequence):
        queue.put(arrival)
    queue.save()
    # What waited and joins the log now is not among those that were asked for.
    stored |= _among(connection, leaves, [leaf.id for leaf in queue.taken if leaf.id not in seen])
    # A leaf that stands twice in the stream stands once in the log.
    return [leaf for leaf in {leaf.id: leaf for leaf in queue.taken}.values() if leaf.id not in stored]


class _Queue:
    """The stream's order. What the database has waiting is read only when it can be its turn."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sequence = connection.scalars(select(progress.c.sequence)).one()
        self._first = connection.scalar(select(func.min(waiting.c.sequence)))
        self._early: dict[int, Arrival] = {}
        self._done: list[int] = []
        self.taken: list[Leaf] = []

    def put(self, arrival: Arrival) -> None:
        if arrival.sequence > self._sequence + 1:
            self._early[arrival.sequence] = arrival
            return
        self._take(arrival)
        while following := self._next():
            self._take(following)

    def _take(self, arrival: Arrival) -> None:
        self._sequence = max(self._sequence, arrival.sequence)
        if arrival.leaf:
            self.taken.append(arrival.leaf)

    def _next(self) -> Arrival | None:
        number = self._sequence + 1
        if self._first is not None and number >= self._first:
            row = self._connection.execute(select(waiting.c.data).where(waiting.c.sequence == number)).one_or_none()
            if row:
                self._done.append(number)
                return Arrival(number, Leaf.stored(row.data) if row.data else None)
        return self._early.pop(number, None)

    def save(self) -> None:
        self._connection.execute(update(progress).values(sequence=self._sequence))
        if self._done:
            self._connection.execute(delete(waiting).where(waiting.c.sequence.in_(self._done)))
        if self._early:
            insert = upserting(self._connection, waiting).on_conflict_do_nothing()
            self._connection.execute(insert, [_row(each) for each in self._early.values()])


def _row(arrival: Arrival) -> dict[str, int | str | bytes | None]:
    leaf = arrival.leaf
    return {"sequence": arrival.sequence, "id": leaf.id if leaf else None, "data": leaf.data if leaf else b""}


def _among(connection: Connection, table: Table, ids: Sequence[str]) -> dict[str, bytes]:
    """The leaves of a table that have these ids."""
    if not ids:
        return {}
    query = select(table.c.id, table.c.data).where(table.c.id.in_(ids))
    return {row.id: bytes(row.data) for row in connection.execute(query)}
