"""The log in a database. One writer: what writes is called one at a time; `reading` serves everybody else."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection

from allmanning.audit.log import projection
from allmanning.audit.log.arrivals import Arrival, move_waiting, take
from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.database import Database, address, upserting
from allmanning.audit.log.growth import Growth
from allmanning.audit.log.keys import Keys
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.lock import Lock
from allmanning.audit.log.nodes import Edge, UpperNodes
from allmanning.audit.log.part import StoredPart
from allmanning.audit.log.reading import Reading, StoredPin
from allmanning.audit.log.refusal import SigningRefused
from allmanning.audit.log.schema import early, logs, metadata, pins, progress
from allmanning.audit.log.tree import Tree
from allmanning.audit.sealing.destruction import Destroyed, Destruction
from allmanning.audit.sealing.doomed import carry_out
from allmanning.audit.sealing.earlier import seal_earlier
from allmanning.audit.sealing.keyring import Keyring
from allmanning.audit.sealing.parts import keep_parts, seal_parts
from allmanning.runtime.errors import Unavailable

log = logging.getLogger(__name__)


class Store:
    """Leaves, nodes, parts, pins and signed checkpoints of every authority's logs (`protocol.Log`)."""

    def __init__(
        self,
        folder: Path,
        *,
        url: str = "",
        lock_url: str = "",
        keys_url: str = "",
        root_key: Path | None = None,
        ml_dsa: bool = False,
    ) -> None:
        self.database = Database("log", address(url, folder / "log.db"), metadata)
        self.keys = Keys(folder / "keys", ml_dsa=ml_dsa)
        self.keyring = Keyring(address(keys_url, folder / "keys.db"), root_key or folder / "keys" / "root.key")
        self._destruction = Destruction(self.keyring, self.database)
        self.refusals: dict[str, SigningRefused] = {}
        self._lock = Lock(address(lock_url, folder / "lock.db"))
        self._edges: dict[int, Edge] = {}
        self._upper = UpperNodes()
        # Logs that grew, until they are signed: a full disk may come between.
        self._unsigned: dict[str, None] = {}
        # Newest signed size and root by origin: what the lock is compared with without asking the disk.
        self._roots: dict[str, tuple[int, bytes]] = {}

    def open(self) -> None:
        self._lock.open()
        self.keyring.open()
        self.database.open()
        seal_earlier(self.database, self.keyring)
        with self.database.transaction() as connection:
            connection.execute(upserting(connection, progress).values(one=1, sequence=0).on_conflict_do_nothing())
            move_waiting(connection)
            projection.renew(connection)
            origins = connection.scalars(select(logs.c.origin)).all()
        self.sign(origins)
        self.carry_out_erasures()

    def close(self) -> None:
        self._lock.close()
        self.database.close()
        self.keyring.close()
        self._forget()
        self._upper.clear()

    @contextmanager
    def reading(self, authority: str) -> Iterator[Reading]:
        with self.database.snapshot() as connection:
            yield Reading(connection, self.keyring, authority, self._upper)

    @property
    def sequence(self) -> int:
        with self.database.snapshot() as connection:
            number: int = connection.scalars(select(progress.c.sequence)).one()
            return number

    @property
    def waiting(self) -> int:
        with self.database.snapshot() as connection:
            count: int = connection.scalars(select(func.count(early.c.sequence.distinct()))).one()
            return count

    def append(self, batch: Sequence[Arrival]) -> None:
        """Take messages in and sign; see `protocol.Log`.

        The lock moves between two commits and not inside one: were the leaves committed after it, a crash in between
        would look like a restored backup for ever.
        """
        try:
            with self.database.transaction() as connection:
                new = take(connection, batch)
                grown = self._add(connection, new) if new else ()
        except BaseException:
            self._forget()
            raise
        self._unsigned |= dict.fromkeys(grown)
        self.sign(self._unsigned)
        self._unsigned.clear()
        self.carry_out_erasures()

    def carry_out_erasures(self) -> None:
        try:
            carry_out(self.database, self._destruction)
        except Unavailable as error:
            # The log goes on; the keys go the next time.
            log.warning("an erasure waits: %s", error.code)

    def _forget(self) -> None:
        """What was put in memory may not be on disk."""
        self._edges.clear()
        self._roots.clear()

    def _add(self, connection: Connection, new: Sequence[Leaf]) -> Sequence[str]:
        """Put leaves into their logs; returns the logs that grew."""
        growth = Growth(connection, self._edge)
        for leaf in new:
            growth.add(leaf)
        projection.apply(connection, growth.save())
        return growth.origins

    def _edge(self, row: int, connection: Connection) -> Edge:
        return self._edges.setdefault(row, Edge(row)).over(connection)

    def sign(self, origins: Iterable[str]) -> None:
        signed = [each for origin in origins if (each := self._signed(origin))]
        if signed:
            with self.database.transaction() as connection:
                for checkpoint, note in signed:
                    row = update(logs).where(logs.c.origin == checkpoint.origin)
                    connection.execute(row.values(signed=checkpoint.size, note=note))

    def _signed(self, origin: str) -> tuple[Checkpoint, str] | None:
        """A new checkpoint and its note; None when there is nothing new, or it may not be signed."""
        with self.database.snapshot() as connection:
            row = connection.execute(select(logs.c.id, logs.c.size, logs.c.signed).where(logs.c.origin == origin)).one()
            tree = Tree(self._edge(row.id, connection), row.size)
            try:
                # Another log may have named this one's key before it signed anything.
                named = row.signed or connection.scalar(select(logs.c.id).where(logs.c.next == origin).limit(1))
                if not named:
                    self.keys.ensure(origin)
                # Before the lock moves: what can't be signed must not be said to be.
                self.keys.vkeys(origin)
                self._lock.advance(origin, row.size, row.signed, lambda size: self._root(origin, tree, size))
            except SigningRefused as error:
                if origin not in self.refusals:
                    log.error("%s is not signed: %s", origin, error.code)
                self.refusals[origin] = error
                return None
            root = self._root(origin, tree, row.size)
        self.refusals.pop(origin, None)
        self._roots[origin] = (row.size, root)
        if row.signed == row.size:
            return None
        checkpoint = Checkpoint(origin, row.size, root)
        return checkpoint, self.keys.sign(checkpoint)

    def _root(self, origin: str, tree: Tree, size: int) -> bytes:
        known = self._roots.get(origin)
        return known[1] if known and known[0] == size else tree.root(size)

    def keep(self, parts: Sequence[StoredPart], pinned: Iterable[StoredPin]) -> None:
        # Keys first: a part without its key would be lost, a key without its part is only a row.
        sealed = seal_parts(self.keyring, parts) if parts else []
        rows = [pin._asdict() for pin in pinned]
        with self.database.transaction() as connection:
            keep_parts(connection, sealed)
            if rows:
                connection.execute(upserting(connection, pins).on_conflict_do_nothing(), rows)

    def destroy(self, authority: str, pairs: Iterable[tuple[str, str]]) -> Destroyed:
        return self._destruction.of_records(authority, pairs)

    def destroy_month(self, authority: str, retention: str, month: str) -> Destroyed:
        return self._destruction.of_month(authority, retention, month)
