"""The log on disk. One writer: its methods are called one at a time; `reading` serves everybody else."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from allmanning.audit.log import projection
from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.database import StoredNodes, open_database, transaction
from allmanning.audit.log.keys import Keys
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.lock import Lock
from allmanning.audit.log.refusal import SigningRefused
from allmanning.audit.log.schema import SCHEMA
from allmanning.audit.log.tree import Tree, leaf_hash
from allmanning.runtime.errors import Conflict, Unavailable

log = logging.getLogger(__name__)


class StoredPart(NamedTuple):
    """Content of one part of one record, as it came."""

    record: str
    name: str
    commitment: str
    authority: str
    salt: bytes
    content: bytes
    retention: str


class StoredPin(NamedTuple):
    """A text that records point to by hash."""

    authority: str
    hash: str
    kind: str
    content: bytes


class Arrival(NamedTuple):
    """A message of the leaf stream: its number there, from 1 without gaps, and its leaf unless it holds none."""

    sequence: int
    leaf: Leaf | None


class Store:
    """Leaves, nodes, parts, pins and signed checkpoints of every authority's logs."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "log.db"
        self.keys = Keys(folder / "keys")
        self._lock = Lock(folder / "lock.db")
        self._db: sqlite3.Connection | None = None
        # Why a log is not signed now, by origin.
        self.refusals: dict[str, SigningRefused] = {}

    def open(self) -> None:
        """Open the files, and sign what a crash left unsigned."""
        self._lock.open()
        self._db = open_database(self.path, SCHEMA)
        self.sign(row[0] for row in self._writer.execute("SELECT origin FROM logs").fetchall())

    def close(self) -> None:
        self._lock.close()
        if self._db:
            self._db.close()
            self._db = None

    @property
    def _writer(self) -> sqlite3.Connection:
        if self._db is None:
            raise Unavailable("audit.unavailable", "Beslutsloggen är inte öppnad.")
        return self._db

    @property
    def sequence(self) -> int:
        """Number of the message of the leaf stream up to which every one is taken in; 0 before the first."""
        number: int = self._writer.execute("SELECT sequence FROM progress").fetchone()[0]
        return number

    @property
    def waiting(self) -> int:
        """How many messages wait for one that precedes them in the stream."""
        number: int = self._writer.execute("SELECT count(*) FROM waiting").fetchone()[0]
        return number

    def append(self, batch: Sequence[Arrival]) -> None:
        """Take messages in, in the order of the stream, and sign the logs that grew. On disk when it returns.

        The log's order is the stream's, so that the same stream always gives the same root. Messages may come in
        another order after a crash, because what was delivered and not acknowledged comes again later: what is too
        early waits. A message that is there already changes nothing.

        The lock moves between two commits and not inside one: were the leaves committed after it, a crash in between
        would look like a restored backup for ever.

        Raises:
            Conflict: `leaf.id_reused`, when a leaf has the id of another one. Then nothing is taken in.
        """
        touched: dict[str, None] = {}
        with transaction(self._writer):
            for arrival in batch:
                if arrival.leaf:
                    self._check_id(arrival.leaf)
                if arrival.sequence > self.sequence + 1:
                    self._wait(arrival)
                else:
                    self._take(arrival, touched)
                    self._take_waiting(touched)
        self.sign(touched)

    def _check_id(self, leaf: Leaf) -> None:
        query = "SELECT data FROM leaves WHERE id = ? UNION ALL SELECT data FROM waiting WHERE id = ?"
        if any(data != leaf.data for (data,) in self._writer.execute(query, (leaf.id, leaf.id))):
            raise Conflict("leaf.id_reused", f"Posten {leaf.id} finns redan med annat innehåll.")

    def _wait(self, arrival: Arrival) -> None:
        leaf = arrival.leaf
        self._writer.execute(
            "INSERT OR IGNORE INTO waiting VALUES (?, ?, ?)",
            (arrival.sequence, leaf.id if leaf else None, leaf.data if leaf else b""),
        )

    def _take(self, arrival: Arrival, touched: dict[str, None]) -> None:
        leaf = arrival.leaf
        if leaf and not self._writer.execute("SELECT 1 FROM leaves WHERE id = ?", (leaf.id,)).fetchone():
            self._add(leaf)
            touched[leaf.origin] = None
        self._writer.execute("UPDATE progress SET sequence = max(sequence, ?)", (arrival.sequence,))

    def _take_waiting(self, touched: dict[str, None]) -> None:
        while row := self._writer.execute(
            "SELECT sequence, data FROM waiting WHERE sequence = ?", (self.sequence + 1,)
        ).fetchone():
            sequence, data = row
            self._take(Arrival(sequence, Leaf.stored(data) if data else None), touched)
            self._writer.execute("DELETE FROM waiting WHERE sequence = ?", (sequence,))

    def _add(self, leaf: Leaf) -> None:
        row_id, size = self._log_of(leaf)
        tree = Tree(StoredNodes(self._writer, row_id), size)
        tree.append(leaf_hash(leaf.data))
        self._writer.execute(
            "INSERT INTO leaves VALUES (?, ?, ?, ?, ?, ?)",
            (row_id, size, leaf.id, leaf.authority, leaf.decision, leaf.data),
        )
        self._writer.execute("UPDATE logs SET size = ? WHERE id = ?", (tree.size, row_id))
        projection.apply(self._writer, leaf)

    def _log_of(self, leaf: Leaf) -> tuple[int, int]:
        """Row id and size of the log a leaf belongs to."""
        self._writer.execute(
            "INSERT OR IGNORE INTO logs (origin, authority, period) VALUES (?, ?, ?)",
            (leaf.origin, leaf.authority, leaf.period),
        )
        row_id, size = self._writer.execute("SELECT id, size FROM logs WHERE origin = ?", (leaf.origin,)).fetchone()
        return row_id, size

    def sign(self, origins: Iterable[str]) -> None:
        """Sign the checkpoints of these logs as they are now. What may not be signed goes into `refusals`."""
        notes: list[tuple[int, str, str]] = []
        for origin in origins:
            row_id, size, signed = self._writer.execute(
                "SELECT id, size, signed FROM logs WHERE origin = ?", (origin,)
            ).fetchone()
            tree = Tree(StoredNodes(self._writer, row_id), size)
            try:
                key = self.keys.of(origin) if signed else self.keys.ensure(origin)
                self._lock.advance(origin, size, signed, tree.root)
            except SigningRefused as error:
                if origin not in self.refusals:
                    log.error("%s is not signed: %s", origin, error.code)
                self.refusals[origin] = error
                continue
            self.refusals.pop(origin, None)
            if signed < size:
                checkpoint = Checkpoint(origin, size, tree.root())
                notes.append((size, checkpoint.sign(key), origin))
        if notes:
            with transaction(self._writer):
                self._writer.executemany("UPDATE logs SET signed = ?, note = ? WHERE origin = ?", notes)

    def keep(self, parts: Iterable[StoredPart], pins: Iterable[StoredPin]) -> None:
        """Keep content and texts that records point to; what is there already stays as it is."""
        with transaction(self._writer):
            self._writer.executemany("INSERT OR IGNORE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?)", parts)
            self._writer.executemany("INSERT OR IGNORE INTO pins VALUES (?, ?, ?, ?)", pins)
