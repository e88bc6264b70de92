"""Which records an erasure reaches: the same answer for the dry run and for the erasure itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import Connection

from allmanning.audit.forgetting.retention import after, first_day, is_floored, month_of
from allmanning.audit.forgetting.schema import erased_records, erasure_units, held_decisions, holds, kept_records
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.schema import leaves

# Producers' clocks, and midnight: a record's id and its time are written a moment apart.
_MARGIN: Final = timedelta(days=1)
_CHUNK: Final = 500
_HIGH_RISK: Final = ("annexiii", "annex iii", "high_risk", "hög risk")


@dataclass
class Targets:
    """Leaves whose parts go, and the records that are kept back."""

    leaves: list[Leaf] = field(default_factory=list)
    held: int = 0
    floored: int = 0
    # Ids of the records that are kept back.
    kept: list[str] = field(default_factory=list)


def of_month(
    connection: Connection, authority: str, retention_class: str, month: str, today: date, *, before: int | None = None
) -> Targets:
    """Records of a month that have parts of a class, and are not held; of those before a place in the log.

    From a month that has gone before only what was kept back then.
    """
    mine = (erasure_units.c.authority == authority, erasure_units.c.retention_class == retention_class)
    again = connection.execute(select(erasure_units.c.month).where(*mine, erasure_units.c.month == month)).first()
    kept = select(kept_records.c.record).where(
        kept_records.c.authority == authority,
        kept_records.c.retention_class == retention_class,
        kept_records.c.month == month,
    )
    left = set(connection.scalars(kept)) if again else None
    query = select(leaves.c.data).where(
        leaves.c.authority == authority,
        # Ids of records begin with their time (RFC 9562 UUIDv7): an index range instead of the whole log.
        leaves.c.id >= _id_at(first_day(month) - _MARGIN),
        leaves.c.id < _id_at(first_day(after(month)) + _MARGIN),
    )
    if before is not None:
        query = query.where(leaves.c.place < before)
    held = held_of(connection, authority)
    gone = set(connection.scalars(select(erased_records.c.record).where(erased_records.c.authority == authority)))
    found = Targets()
    floored = is_floored(month, today)
    risky: dict[str, bool] = {}
    for data in connection.scalars(query.order_by(leaves.c.id).execution_options(yield_per=_CHUNK)):
        leaf = Leaf.stored(data)
        if month_of(leaf.time) != month or leaf.id in gone or not _has(leaf, retention_class):
            continue
        if left is not None and leaf.id not in left:
            continue
        if leaf.decision in held:
            found.held += 1
            found.kept.append(leaf.id)
        elif floored and _is_risky(connection, leaf, risky):
            found.floored += 1
            found.kept.append(leaf.id)
        else:
            found.leaves.append(leaf)
    return found


def of_records(connection: Connection, authority: str, records: Iterable[str]) -> Targets:
    """These records, unless their decision is held. What the authority does not have is left out."""
    held = held_of(connection, authority)
    found = Targets()
    wanted = sorted(set(records))
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        query = select(leaves.c.data).where(leaves.c.authority == authority, leaves.c.id.in_(chunk))
        for data in connection.scalars(query.order_by(leaves.c.id)):
            leaf = Leaf.stored(data)
            if leaf.decision in held:
                found.held += 1
                found.kept.append(leaf.id)
            else:
                found.leaves.append(leaf)
    return found


def held_of(connection: Connection, authority: str) -> set[str]:
    """The decisions that a legal hold keeps."""
    return set(
        connection.scalars(
            select(held_decisions.c.decision)
            .join(holds, holds.c.id == held_decisions.c.hold)
            .where(held_decisions.c.authority == authority, holds.c.lifted_at == "")
        )
    )


def _id_at(day: date) -> str:
    """The smallest UUIDv7 of a day in UTC."""
    moment = f"{(day - date(1970, 1, 1)).days * 86_400_000:012x}"
    return f"{moment[:8]}-{moment[8:]}-"


def _has(leaf: Leaf, retention_class: str) -> bool:
    return any(part.retention == retention_class for part in leaf.parts.values())


def _is_risky(connection: Connection, leaf: Leaf, known: dict[str, bool]) -> bool:
    """Whether any record of the decision says that the use is high-risk (AI Act annex III)."""
    if leaf.decision not in known:
        query = select(leaves.c.data).where(leaves.c.authority == leaf.authority, leaves.c.decision == leaf.decision)
        known[leaf.decision] = any(_says_risky(Leaf.stored(data)) for data in connection.scalars(query))
    return known[leaf.decision]


def _says_risky(leaf: Leaf) -> bool:
    said = (leaf.text("legal", "ai_act") or leaf.text("ai_act")).casefold()
    return said.startswith(_HIGH_RISK)
