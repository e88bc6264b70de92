"""Statements on the table of waiting work, within somebody's transaction."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, case, delete, exists, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from allmanning.contracts.ingest.v1.ingest_pb import Priority, State
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.ingest.registry.schema import documents, versions, work
from allmanning.ingest.registry.upsert import upserting
from allmanning.runtime.telemetry import trace_headers

URGENT: Final = 0
NORMAL: Final = 1
BULK: Final = 2
_URGENCY: Final = {Priority.URGENT: URGENT, Priority.UNSPECIFIED: NORMAL, Priority.BULK: BULK}
_COLUMNS: Final = ("document_id", "version", "authority", "urgency", "due", "tries", "worker", "trace")


def now_ms() -> int:
    """Milliseconds since 1970. Processes on several machines compare them: their clocks may differ by seconds."""
    return time.time_ns() // 1_000_000


async def put(connection: AsyncConnection, version: DocumentVersion, priority: Priority) -> None:
    """Let the version wait for a worker, in place of an earlier version of its document."""
    row = {
        "version": version.version,
        "authority": version.authority,
        "urgency": _URGENCY.get(priority, NORMAL),
        "due": now_ms(),
        "tries": 0,
        "worker": "",
        "trace": trace_headers().get("traceparent", ""),
    }
    adding = upserting(connection, work).values(document_id=version.id, **row)
    await connection.execute(adding.on_conflict_do_update(index_elements=["document_id"], set_=row))


async def put_all(connection: AsyncConnection, which: ColumnElement[bool] | None = None) -> int:
    """Let every newest version that is RECEIVED or SCHEDULED and in no queue wait, or those of `which`; how many."""
    queued = exists().where(work.c.document_id == documents.c.id)
    lost = versions.c.state.in_([int(State.RECEIVED), int(State.SCHEDULED)]) & ~queued
    adding = upserting(connection, work).from_select(_COLUMNS, _waiting(lost if which is None else lost & which))
    return (await connection.execute(adding.on_conflict_do_nothing())).rowcount


async def wait_until(connection: AsyncConnection, version: DocumentVersion, moment: datetime) -> None:
    """Let the version, which somebody has taken, wait until then as if it had never been tried."""
    mine = (work.c.document_id == version.id) & (work.c.version == version.version)
    waiting = {"due": int(moment.timestamp() * 1000), "worker": "", "tries": 0}
    await connection.execute(update(work).where(mine).values(**waiting))


async def drop(connection: AsyncConnection, document_id: str) -> None:
    """Nobody is to work on the document any more; whoever does stops."""
    await connection.execute(delete(work).where(work.c.document_id == document_id))


def _waiting(which: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    by_number = {int(priority): urgency for priority, urgency in _URGENCY.items()}
    urgency = case(by_number, value=versions.c.priority, else_=NORMAL)
    newest = (versions.c.document_id == documents.c.id) & (versions.c.version == documents.c.newest)
    values = (
        documents.c.id,
        documents.c.newest,
        documents.c.authority,
        urgency,
        literal(now_ms()),
        literal(0),
        literal(""),
        literal(""),
    )
    return select(*values).select_from(documents.join(versions, newest)).where(which)
