"""How far an authority's documents have come: counts, pace, and what is being worked on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func

from allmanning.contracts.ingest.v1.ingest_pb import Document, QueueResponse, State
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.row import document_of, rfc3339
from allmanning.ingest.registry.schema import documents, versions, work
from allmanning.ingest.registry.statements import JOINED
from allmanning.ingest.registry.work import now_ms

_WINDOW: Final = timedelta(minutes=1)
# Fewer say nothing of the pace.
_FEWEST: Final = 3
_SETTLED: Final = (
    State.INDEXED,
    State.SCHEDULED,
    State.REJECTED,
    State.EXPANDED,
    State.NEEDS_OCR,
    State.HELD,
    State.FAILED,
)
_MOST_SHOWN: Final = 50


@dataclass(frozen=True)
class Standing:
    """Counts of newest versions by state, and how many settled in the last minute."""

    counts: Sequence[QueueResponse.Count] = ()
    settled_per_minute: int = 0
    # At the pace of the last minute; 0 when that is not known.
    seconds_left: int = 0


class Overview:
    """Looks at the registry and its queue, and changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def standing(self, authority: str, batch: str) -> Standing:
        """How far all documents of an authority have come, or those of a batch. Takes a second for 1,000,000."""
        newest = versions.c.version == documents.c.newest
        columns = (versions.c.state, func.count().label("documents"), func.sum(versions.c.passages).label("passages"))
        counting = JOINED.with_only_columns(*columns).where(newest, _mine(authority, batch))
        since = datetime.now(UTC) - _WINDOW
        settled = versions.c.state.in_([int(state) for state in _SETTLED]) & (versions.c.updated_at >= rfc3339(since))
        pace = JOINED.with_only_columns(func.count().label("settled"), func.min(versions.c.updated_at).label("first"))
        async with self._database.reading() as connection:
            rows = (await connection.execute(counting.group_by(versions.c.state))).all()
            paced = (await connection.execute(pace.where(settled, _mine(authority, batch)))).one()
        counts = [QueueResponse.Count(state=State(row[0]), documents=row[1], passages=row[2] or 0) for row in rows]
        waiting = sum(each.documents for each in counts if each.state is State.RECEIVED)
        return Standing(counts, paced.settled, _seconds_left(waiting, paced.settled, paced.first))

    async def working(self, authority: str, batch: str) -> list[Document]:
        """What is being worked on, at most 50."""
        taken = (work.c.worker != "") & (work.c.due > now_ms())
        mine = JOINED.join(work, (work.c.document_id == documents.c.id) & (work.c.version == versions.c.version)).where(
            taken, _mine(authority, batch)
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(mine.limit(_MOST_SHOWN))
            return [document_of(row) for row in rows.mappings()]


def _mine(authority: str, batch: str) -> ColumnElement[bool]:
    mine = documents.c.authority == authority
    return mine & (versions.c.batch == batch) if batch else mine


def _seconds_left(waiting: int, settled: int, first: str | None) -> int:
    if settled < _FEWEST or not first:
        return 0
    elapsed = datetime.now(UTC) - datetime.fromisoformat(first)
    return round(waiting * elapsed.total_seconds() / settled)
