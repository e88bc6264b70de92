"""What can be read from the log. Every call sees one moment of it and never waits for the writer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.nodes import StoredNodes, UpperNodes
from allmanning.audit.log.part import StoredPart
from allmanning.audit.log.schema import decisions, leaves, logs, pins
from allmanning.audit.log.tree import Tree
from allmanning.audit.sealing.keyring import Keyring
from allmanning.audit.sealing.parts import open_parts
from allmanning.contracts.audit.v1.audit_pb import Evaluations
from allmanning.runtime.record import EVALUATION

MAX_PAGE: Final = 200
_CHUNK: Final = 1_000
# Names in one question to the database.
_AT_ONCE: Final = 500


class StoredPin(NamedTuple):
    """A text that records point to by hash."""

    authority: str
    hash: str
    kind: str
    content: bytes


class LogState(NamedTuple):
    """One log: how many leaves it has, how many of them its newest checkpoint covers, and that checkpoint.

    `next` is the origin of the log that follows; empty while this one is not sealed.
    """

    id: int
    origin: str
    period: str
    size: int
    signed: int
    note: str
    next: str = ""


@dataclass(frozen=True)
class Placed:
    """A leaf and where it stands."""

    log: LogState
    index: int
    leaf: Leaf

    @property
    def signed(self) -> bool:
        return self.index < self.log.signed


class ListedDecision(NamedTuple):
    """A line in the list of decisions; `place` counts the authority's records from 1."""

    decision: str
    opened_at: str
    outcome: str
    rule_id: str
    channel: str
    place: int


def logs_of(connection: Connection, authority: str) -> list[LogState]:
    """An authority's logs, oldest first."""
    rows = connection.execute(
        select(logs.c.id, logs.c.origin, logs.c.period, logs.c.size, logs.c.signed, logs.c.note, logs.c.next)
        .where(logs.c.authority == authority)
        .order_by(logs.c.period)
    )
    return [LogState(*row) for row in rows]


@dataclass(frozen=True)
class Reading:
    """One authority's records at one moment."""

    connection: Connection
    keyring: Keyring
    authority: str
    upper: UpperNodes

    def authorities(self) -> list[str]:
        """Every authority that has a log, whoever's records these are."""
        return list(self.connection.scalars(select(logs.c.authority).distinct().order_by(logs.c.authority)))

    def logs(self) -> list[LogState]:
        """The authority's logs, oldest first."""
        return logs_of(self.connection, self.authority)

    def tree(self, log: LogState) -> Tree:
        return Tree(StoredNodes(self.connection, log.id, self.upper), log.size)

    def leaves(self, log: LogState, size: int, *, type: str = "") -> Iterator[Leaf]:
        """The first `size` leaves of a log, or those of one type among them; no other is then parsed."""
        query = select(leaves.c.data).where(leaves.c.log == log.id, leaves.c.idx < size).order_by(leaves.c.idx)
        rows = self.connection.execution_options(yield_per=_CHUNK).scalars(query)
        # A quote inside a text is escaped, so only a field is written so.
        named = f'"type":"{type}"'.encode() if type else b""
        found = (Leaf.stored(data) for data in rows if named in bytes(data))
        return (leaf for leaf in found if not type or leaf.type == type)

    def records(self, decision: str) -> list[Placed]:
        """The records of a decision, in the order of the log."""
        return self.records_of([decision]).get(decision, [])

    def records_of(self, wanted: Sequence[str]) -> Mapping[str, list[Placed]]:
        """The same of many decisions, without those that have none: many at once take a tenth of the time."""
        states = {log.id: log for log in self.logs()}
        found: dict[str, list[Placed]] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            query = select(leaves.c.log, leaves.c.idx, leaves.c.decision, leaves.c.data).where(
                leaves.c.authority == self.authority, leaves.c.decision.in_(wanted[start : start + _AT_ONCE])
            )
            for row in self.connection.execute(query):
                placed = Placed(states[row.log], row.idx, Leaf.stored(row.data))
                found.setdefault(row.decision, []).append(placed)
        for each in found.values():
            each.sort(key=lambda placed: (placed.log.period, placed.index))
        return found

    def parts(self, leaf: Leaf) -> Mapping[str, StoredPart]:
        """The opened parts of a record that are not erased and are what the leaf committed to, by name."""
        return self.parts_of([leaf])[leaf.id]

    def parts_of(self, records: Sequence[Leaf], *names: str) -> Mapping[str, Mapping[str, StoredPart]]:
        """The same of many records, by their ids; of some names only when they are given."""
        by_id = {leaf.id: leaf for leaf in records}
        found: dict[str, dict[str, StoredPart]] = {each: {} for each in by_id}
        for part in open_parts(self.connection, self.keyring, self.authority, list(by_id), names):
            promised = by_id[part.record].parts.get(part.name)
            if promised is not None and promised.commitment == part.commitment:
                found[part.record][part.name] = part
        return found

    def pins(self) -> list[StoredPin]:
        rows = self.connection.execute(select(pins).where(pins.c.authority == self.authority).order_by(pins.c.hash))
        return [StoredPin(*row) for row in rows]

    def decisions(
        self, outcome: str, limit: int, before: int, evaluations: Evaluations = Evaluations.UNSPECIFIED
    ) -> tuple[list[ListedDecision], int]:
        """Newest first, those before a place (0: all), and how many there are in all."""
        where = [decisions.c.authority == self.authority]
        if evaluations is not Evaluations.WITH:
            measured = decisions.c.channel == EVALUATION
            where.append(measured if evaluations is Evaluations.ONLY else ~measured)
        if outcome:
            where.append(decisions.c.outcome == outcome)
        total = self.connection.scalars(select(func.count()).select_from(decisions).where(*where)).one()
        if before:
            where.append(decisions.c.place < before)
        rows = self.connection.execute(
            select(
                decisions.c.decision,
                decisions.c.opened_at,
                decisions.c.outcome,
                decisions.c.rule_id,
                decisions.c.channel,
                decisions.c.place,
            )
            .where(*where)
            .order_by(decisions.c.place.desc())
            .limit(min(limit or 50, MAX_PAGE))
        )
        return [ListedDecision(*row) for row in rows], total
