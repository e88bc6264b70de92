"""Lists and states that are made from the leaves alone, and so can always be made again.

An area that wants one adds it to `PROJECTIONS`. Its `apply` is called once for each leaf of an authority, in the order
of the stream and in the transaction that adds the leaf, after the leaf is in its table. It must read nothing but the
leaf and projected tables. Raise its version when it changes: the tables are then emptied and made again at start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Table, delete, select
from sqlalchemy.engine import Connection

from allmanning.audit.forgetting import projection as forgetting
from allmanning.audit.gate import projection as gate
from allmanning.audit.inspection import projection as inspection
from allmanning.audit.log import decision_list
from allmanning.audit.log.database import upserting
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.schema import leaves, projected
from allmanning.audit.registers import projection as registers
from allmanning.audit.review import projection as review

_CHUNK: Final = 1_000


class Projection(NamedTuple):
    """Tables, and how a leaf changes them."""

    name: str
    version: int
    tables: Sequence[Table]
    apply: Callable[[Connection, Leaf], None]


# In this order for each leaf: a later one sees what an earlier one did.
PROJECTIONS: Final = (
    Projection("decisions", decision_list.VERSION, decision_list.TABLES, decision_list.apply),
    Projection("gate", gate.VERSION, gate.TABLES, gate.apply),
    Projection("review", review.VERSION, review.TABLES, review.apply),
    Projection("inspection", inspection.VERSION, inspection.TABLES, inspection.apply),
    Projection("registers", registers.VERSION, registers.TABLES, registers.apply),
    Projection("forgetting", forgetting.VERSION, forgetting.TABLES, forgetting.apply),
)


def apply(connection: Connection, leaf: Leaf) -> None:
    """Take a new leaf into every projection."""
    for each in PROJECTIONS:
        each.apply(connection, leaf)


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
            for row in rows:
                apply(connection, Leaf.stored(row.data))
            place = rows[-1].place
