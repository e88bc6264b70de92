"""The nodes of a log's tree: on disk, and for the writer its right edge in memory."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection

from allmanning.audit.log.bulk import Bulk
from allmanning.audit.log.schema import nodes
from allmanning.audit.log.tree import Nodes

# Built once: a proof asks twenty times.
_NODE: Final = select(nodes.c.hash).where(
    nodes.c.log == bindparam("of"), nodes.c.level == bindparam("at"), nodes.c.idx == bindparam("number")
)
_ADDED: Final = Bulk.insert(nodes)


class StoredNodes(Nodes):
    """The nodes of one log, to read."""

    def __init__(self, connection: Connection, log: int) -> None:
        self._connection = connection
        self._log = log

    def get(self, level: int, index: int) -> bytes:
        value = self._connection.scalar(_NODE, {"of": self._log, "at": level, "number": index})
        if value is None:
            raise KeyError(level, index)
        return bytes(value)

    def put(self, level: int, index: int, value: bytes) -> None:
        raise TypeError(f"node {level}/{index} ({len(value)} bytes): only the writer adds nodes")


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
