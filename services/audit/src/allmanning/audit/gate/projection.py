"""The records that steer the gate, gathered from the leaves; `steering.Steering` says what they amount to."""

from __future__ import annotations

from typing import Final

from sqlalchemy.engine import Connection

from allmanning.audit.gate.schema import steering
from allmanning.audit.gate.steering import KINDS
from allmanning.audit.log.database import upserting
from allmanning.audit.log.leaf import Leaf

VERSION: Final = 1
TABLES: Final = (steering,)


def apply(connection: Connection, leaf: Leaf) -> None:
    """Keep the record if it steers."""
    if leaf.kind() in KINDS:
        row = upserting(connection, steering).values(record=leaf.id, authority=leaf.authority, data=leaf.data)
        connection.execute(row.on_conflict_do_nothing())
