"""The nodes of a log's tree: on disk, the higher ones in memory once they were read, and the writer's right edge."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from sqlalchemy import ClauseElement, bindparam, select, union_all
from sqlalchemy.engine import Connection

from allmanning.audit.log.bulk import Bulk, Prepared, Value
from allmanning.audit.log.schema import nodes
from allmanning.audit.log.tree import Nodes

# Over 256 leaves and more, as in a tile: a million leaves have 8,000 such nodes, and a proof asks for a dozen of them.
UPPER_LEVEL: Final = 8
# Some 16 MB: the nodes of a log of eight million leaves.
MAX_UPPER: Final = 65_536
_ADDED: Final = Bulk.insert(nodes)


class UpperNodes:
    """The higher nodes of all logs that somebody asked for. A node that is there never changes."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int], bytes] = {}

    def get(self, log: int, level: int, index: int) -> bytes | None:
        return self._known.get((log, level, index)) if level >= UPPER_LEVEL else None

    def put(self, log: int, level: int, index: int, value: bytes) -> None:
        if level >= UPPER_LEVEL:
            if len(self._known) >= MAX_UPPER:
                self._known.clear()
            self._known[log, level, index] = value

    def clear(self) -> None:
        self._known.clear()


class StoredNodes(Nodes):
    """The nodes of one log, to read."""

    def __init__(self, connection: Connection, log: int, upper: UpperNodes | None = None) -> None:
        self._connection = connection
        self._log = log
        self._upper = upper or UpperNodes()

    def get(self, level: int, index: int) -> bytes:
        return self.many([(level, index)])[0]

    def many(self, wanted: Sequence[tuple[int, int]]) -> list[bytes]:
        found = {node: self._upper.get(self._log, *node) for node in wanted}
        missing = [node for node, value in found.items() if value is None]
        for start in range(0, len(missing), _AT_ONCE):
            found |= self._read(missing[start : start + _AT_ONCE])
        hashes = [found[node] for node in wanted]
        for node, value in zip(wanted, hashes, strict=True):
            if value is None:
                raise KeyError(*node)
        return [value for value in hashes if value is not None]

    def _read(self, missing: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes | None]:
        given: list[Value] = []
        for level, index in missing:
            given += (self._log, level, index)
        found: dict[tuple[int, int], bytes | None] = {}
        for row in _reading(len(missing)).ask(self._connection, tuple(given)):
            value = bytes(row.hash)
            found[row.level, row.idx] = value
            self._upper.put(self._log, row.level, row.idx, value)
        return found

    def put(self, level: int, index: int, value: bytes) -> None:
        raise TypeError(f"node {level}/{index} ({len(value)} bytes): only the writer adds nodes")


_AT_ONCE: Final = 64


@cache
def _reading(count: int) -> Prepared:
    """Asks for so many nodes at once. One seek each: told with OR or IN, SQLite walks all nodes of the log instead."""
    names = [f"{name}{number}" for number in range(count) for name in ("log", "level", "idx")]

    def statement(_: str) -> ClauseElement:
        each = (
            select(nodes.c.level, nodes.c.idx, nodes.c.hash).where(
                nodes.c.log == bindparam(f"log{number}"),
                nodes.c.level == bindparam(f"level{number}"),
                nodes.c.idx == bindparam(f"idx{number}"),
            )
            for number in range(count)
        )
        return union_all(*each)

    return Prepared(names, statement)


class Edge(Nodes):
    """The two newest nodes of each level: all that appending and today's root need. Others come from disk."""

    def __init__(self, log: int) -> None:
        self._log = log
        self._levels: dict[int, dict[int, bytes]] = {}
        self._added: list[tuple[int, int, int, bytes]] = []
        self._stored: StoredNodes | None = None

    def over(self, connection: Connection) -> Edge:
        """The same edge, reading what it lacks from `connection`."""
        self._stored = StoredNodes(connection, self._log)
        return self

    def get(self, level: int, index: int) -> bytes:
        value = self._levels.get(level, {}).get(index)
        if value is None:
            if self._stored is None:
                raise KeyError(level, index)
            value = self._stored.get(level, index)
            self._remember(level, index, value)
        return value

    def put(self, level: int, index: int, value: bytes) -> None:
        self._remember(level, index, value)
        self._added.append((self._log, level, index, value))

    def _remember(self, level: int, index: int, value: bytes) -> None:
        newest = self._levels.setdefault(level, {})
        newest[index] = value
        if len(newest) > 2:
            del newest[min(newest)]

    def save(self, connection: Connection) -> None:
        """Insert what was put since the last time."""
        _ADDED.run(connection, self._added)
        self._added = []
