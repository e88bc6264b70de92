"""The records that steer the gate, gathered from the leaves; `steering.Steering` says what they amount to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.engine import Connection

from allmanning.audit.gate.schema import steering
from allmanning.audit.gate.steering import KINDS
from allmanning.audit.log.database import new_only
from allmanning.audit.log.numbered import Numbered

VERSION: Final = 1
TABLES: Final = (steering,)
__all__ = ["KINDS", "TABLES", "VERSION", "apply"]


def apply(connection: Connection, new: Sequence[Numbered]) -> None:
    """Keep the records that steer."""
    rows = [{"record": leaf.id, "authority": leaf.authority, "data": leaf.data} for leaf, _ in new]
    connection.execute(new_only(connection.dialect.name, steering), rows)
