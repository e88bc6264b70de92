"""What each rating does to the table of ratings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.engine import Connection

from allmanning.audit.asking.schema import ratings
from allmanning.audit.log.database import upserting
from allmanning.audit.log.json_path import at
from allmanning.audit.log.numbered import Numbered

VERSION: Final = 1
TABLES: Final = (ratings,)
RATED: Final = "answer.rated"
KINDS: Final = frozenset({RATED})


def apply(connection: Connection, new: Sequence[Numbered]) -> None:
    """The newest one counts."""
    for leaf, _ in new:
        told = {
            "record": leaf.id,
            "helped": at(leaf.fields, "rating", "helped") is True,
            "reason": leaf.text("rating", "reason"),
            "time": leaf.time,
        }
        insert = upserting(connection, ratings).values(authority=leaf.authority, decision=leaf.decision, **told)
        connection.execute(insert.on_conflict_do_update(index_elements=["authority", "decision"], set_=told))
