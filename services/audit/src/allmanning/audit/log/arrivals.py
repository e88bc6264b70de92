"""Messages of the leaf stream, taken in in the order of the stream whatever order they come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Table, delete, func, literal, select, update
from sqlalchemy.engine import Connection

from allmanning.audit.log.database import upserting
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.schema import early, leaves, progress, waiting
from allmanning.runtime.errors import Conflict


class Arrival(NamedTuple):
    """A message of the leaf stream: its number there, from 1 without gaps, and its leaves in their order."""

    sequence: int
    leaves: Sequence[Leaf]


def take(connection: Connection, batch: Sequence[Arrival]) -> list[Leaf]:
    """Note messages as taken in, or as waiting for one that precedes them; the leaves that now join the log.

    Raises:
        Conflict: `leaf.id_reused`.
    """
    coming = [leaf for each in batch for leaf in each.leaves]
    asked = [leaf.id for leaf in coming]
    stored = _among(connection, leaves, asked)
    seen = _among(connection, early, asked) | stored
    for leaf in coming:
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
        self._first = connection.scalar(select(func.min(early.c.sequence)))
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
        self.taken += arrival.leaves

    def _next(self) -> Arrival | None:
        number = self._sequence + 1
        if self._first is not None and number >= self._first:
            query = select(early.c.data).where(early.c.sequence == number).order_by(early.c.number)
            rows = self._connection.execute(query).all()
            if rows:
                self._done.append(number)
                return Arrival(number, [Leaf.stored(row.data) for row in rows if row.data])
        return self._early.pop(number, None)

    def save(self) -> None:
        self._connection.execute(update(progress).values(sequence=self._sequence))
        if self._done:
            self._connection.execute(delete(early).where(early.c.sequence.in_(self._done)))
        if self._early:
            insert = upserting(self._connection, early).on_conflict_do_nothing()
            self._connection.execute(insert, [row for each in self._early.values() for row in _rows(each)])


def move_waiting(connection: Connection) -> None:
    """What an earlier release left waiting, of messages that held one leaf each."""
    rows = connection.execute(select(waiting.c.sequence, literal(0), waiting.c.id, waiting.c.data)).all()
    if rows:
        insert = upserting(connection, early).on_conflict_do_nothing()
        connection.execute(insert, [dict(zip(early.columns.keys(), row, strict=True)) for row in rows])
        connection.execute(delete(waiting))


def _rows(arrival: Arrival) -> list[dict[str, int | str | bytes | None]]:
    """One for each leaf, or an empty one."""
    held: list[tuple[str | None, bytes]] = [(leaf.id, leaf.data) for leaf in arrival.leaves] or [(None, b"")]
    return [
        {"sequence": arrival.sequence, "number": number, "id": record, "data": data}
        for number, (record, data) in enumerate(held)
    ]


def _among(connection: Connection, table: Table, ids: Sequence[str]) -> dict[str, bytes]:
    """The leaves of a table that have these ids."""
    if not ids:
        return {}
    query = select(table.c.id, table.c.data).where(table.c.id.in_(ids))
    return {row.id: bytes(row.data) for row in connection.execute(query)}
