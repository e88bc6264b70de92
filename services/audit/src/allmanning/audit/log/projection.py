"""Lists and states that are made from the leaves alone, and so can always be made again.

An area that wants one adds it to `PROJECTIONS`. Its `apply` is called with leaves of its kinds, in the order of the
stream and in the transaction that adds them, after they are in their table. It must read nothing but leaves up to these
and projected tables, and leave the same however the leaves are divided into calls. Raise its version when it changes:
the tables are then emptied and made again at start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Table, delete, select
from sqlalchemy.engine import Connection

from allmanning.audit.asking import projection as asking
from allmanning.audit.forgetting import projection as forgetting
from allmanning.audit.gate import projection as gate
from allmanning.audit.inspection import projection as inspection
from allmanning.audit.log import decision_list
from allmanning.audit.log.database import upserting
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.numbered import Numbered
from allmanning.audit.log.schema import leaves, projected
from allmanning.audit.registers import projection as registers
from allmanning.audit.review import projection as review

_CHUNK: Final = 1_000


class Projection(NamedTuple):
    """Tables, the kinds of record that change them, and how."""

    name: str
    version: int
    tables: Sequence[Table]
    kinds: frozenset[str]
    apply: Callable[[Connection, Sequence[Numbered]], None]
    # It changes what another one reads, or reads what another one changes: every projection has taken in all that
    # precedes a leaf of its kinds, and that leaf, before any takes in what follows.
    alone: bool = False


# In this order for each call: a later one sees what an earlier one did.
PROJECTIONS: Final = (
    Projection("decisions", decision_list.VERSION, decision_list.TABLES, decision_list.STEPS, decision_list.apply),
    Projection("gate", gate.VERSION, gate.TABLES, gate.KINDS, gate.apply),
    Projection("review", review.VERSION, review.TABLES, review.KINDS, review.apply, alone=True),
    Projection("inspection", inspection.VERSION, inspection.TABLES, inspection.KINDS, inspection.apply),
    Projection("asking", asking.VERSION, asking.TABLES, asking.KINDS, asking.apply),
    Projection("registers", registers.VERSION, registers.TABLES, registers.KINDS, registers.apply),
    Projection("forgetting", forgetting.VERSION, forgetting.TABLES, forgetting.KINDS, forgetting.apply, alone=True),
)


def apply(connection: Connection, new: Iterable[Numbered]) -> None:
    """Take new leaves into every projection that listens to their kinds."""
    for run in _runs(new):
        for each in PROJECTIONS:
            if wanted := [leaf for kind, leaf in run if kind in each.kinds]:
                each.apply(connection, wanted)


def _runs(new: Iterable[Numbered]) -> Iterator[list[tuple[str, Numbered]]]:
    """The leaves with their kinds, in order: those that stand alone by themselves, the others together."""
    alone = frozenset().union(*(each.kinds for each in PROJECTIONS if each.alone))
    run: list[tuple[str, Numbered]] = []
    for numbered in new:
        kind = numbered.leaf.kind()
        if kind in alone:
            yield run
            yield [(kind, numbered)]
            run = []
        else:
            run.append((kind, numbered))
    yield run


def renew(connection: Connection) -> None:
    """Make every projection again unless the tables were made by today's versions."""
    versions = " ".join(f"{each.name}={each.version}" for each in PROJECTIONS)
    if connection.scalar(select(projected.c.versions)) == versions:
        return
    rebuild(connection)
    insert = upserting(connection, projected).values(one=1, versions=versions)
    connection.execute(insert.on_conflict_do_update(index_elements=["one"], set_={"versions": versions}))


def rebuild(connection: Connection) -> None:
    """Empty the projected tables and take in every leaf again."""
    for each in PROJECTIONS:
        for table in each.tables:
            connection.execute(delete(table))
    for authority in connection.scalars(select(leaves.c.authority).distinct()).all():
        place = 0
        while rows := connection.execute(
            select(leaves.c.place, leaves.c.data)
            .where(leaves.c.authority == authority, leaves.c.place > place)
            .order_by(leaves.c.place)
            .limit(_CHUNK)
        ).all():
            apply(connection, (Numbered(Leaf.stored(row.data), row.place) for row in rows))
            place = rows[-1].place
