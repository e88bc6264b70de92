"""A batch of leaves on its way into the logs it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from allmanning.audit.log.bulk import Bulk, Value
from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.nodes import Edge
from allmanning.audit.log.numbered import Numbered
from allmanning.audit.log.origin import place_of
from allmanning.audit.log.schema import leaves, logs
from allmanning.audit.log.succession import Sealed, opening, sealed_by
from allmanning.audit.log.tree import Tree, leaf_hash

_LEAF: Final = Bulk.insert(leaves)


@dataclass
class _Growing:
    """A log that the batch touches; `next` is the log that follows, empty while it is open."""

    row: int
    edge: Edge
    tree: Tree
    next: str


@dataclass
class Growth:
    """Puts each leaf where it belongs, and begins the next log where one is sealed.

    Everything is decided by the stream's order and what is in the database, so that the same stream always gives the
    same logs. Nothing is written before `save`, except rows of new logs.
    """

    connection: Connection
    edge_of: Callable[[int, Connection], Edge]
    _logs: dict[str, _Growing] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)
    _rows: list[tuple[Value, ...]] = field(default_factory=list)
    _leaves: list[Numbered] = field(default_factory=list)

    def add(self, leaf: Leaf) -> None:
        """Put a leaf into its log: its time's, or the one that follows when that is sealed."""
        sealed = sealed_by(leaf)
        if sealed is None or not self._ends(sealed):
            self._put(self._open(leaf.origin), leaf)
            return
        ending = self._log(sealed.origin)
        self._put(ending, leaf)
        ending.next = sealed.next_origin
        final = Checkpoint(sealed.origin, ending.tree.size, ending.tree.root())
        self._put(self._log(sealed.next_origin), opening(leaf, sealed, final))

    def _ends(self, sealed: Sealed) -> bool:
        """Whether there is such a log, it is open, and so is the one that follows."""
        known = self.connection.scalar(select(logs.c.id).where(logs.c.origin == sealed.origin))
        return known is not None and not self._log(sealed.origin).next and not self._log(sealed.next_origin).next

    def _open(self, origin: str) -> _Growing:
        growing = self._log(origin)
        while growing.next:
            growing = self._log(growing.next)
        return growing

    def _log(self, origin: str) -> _Growing:
        if origin not in self._logs:
            named = select(logs.c.id, logs.c.size, logs.c.next).where(logs.c.origin == origin)
            row = self.connection.execute(named).one_or_none()
            if row is None:
                authority, period = place_of(origin)
                self.connection.execute(insert(logs).values(origin=origin, authority=authority, period=period))
                row = self.connection.execute(named).one()
            edge = self.edge_of(row.id, self.connection)
            self._logs[origin] = _Growing(row.id, edge, Tree(edge, row.size), row.next)
        return self._logs[origin]

    def _put(self, log: _Growing, leaf: Leaf) -> None:
        if leaf.authority not in self._places:
            self._places[leaf.authority] = _leaves_of(self.connection, leaf.authority)
        self._places[leaf.authority] += 1
        place = self._places[leaf.authority]
        index = log.tree.append(leaf_hash(leaf.data))
        self._rows.append((log.row, index, leaf.id, leaf.authority, leaf.decision, leaf.data, place))
        self._leaves.append(Numbered(leaf, place))

    def save(self) -> Sequence[Numbered]:
        """Write leaves, nodes and sizes; returns the leaves in their order, with those that were made here."""
        _LEAF.run(self.connection, self._rows)
        for log in self._logs.values():
            log.edge.save(self.connection)
            values = {"size": log.tree.size, "next": log.next}
            self.connection.execute(update(logs).where(logs.c.id == log.row).values(**values))
        return self._leaves

    @property
    def origins(self) -> Sequence[str]:
        """The logs that the batch touched."""
        return list(self._logs)


def _leaves_of(connection: Connection, authority: str) -> int:
    """How many leaves an authority has in all its logs."""
    return int(connection.scalar(select(func.sum(logs.c.size)).where(logs.c.authority == authority)) or 0)
