"""What a source has listed: one row an item, kept from run to run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, select, update

from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.schema import source_items
from allmanning.ingest.registry.sources import Claim, hold
from allmanning.ingest.registry.upsert import upserting

# What a run made of an item. PENDING is written before its document is handed in, so that a crash in between leaves a
# trace of the document.
PENDING: Final = "pending"
ADDED: Final = "added"
CHANGED: Final = "changed"
UNCHANGED: Final = "unchanged"
FAILED: Final = "failed"
SKIPPED: Final = "skipped"
REMOVED: Final = "removed"


@dataclass(frozen=True, slots=True)
class Known:
    """An item as it was when it was last looked at."""

    uri: str
    fingerprint: str = ""
    described: str = ""
    document_id: str = ""
    seen: str = ""
    outcome: str = ""


def _key(uri: str) -> str:
    return hashlib.sha256(uri.encode()).hexdigest()


def _of(authority: str, source_id: str) -> ColumnElement[bool]:
    return (source_items.c.authority == authority) & (source_items.c.source == source_id)


class SourceItems:
    """Items of all sources. Whatever changes one raises `LeaseLost` when the claim no longer holds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, authority: str, source_id: str) -> Mapping[str, Known]:
        """Uri -> what is known of it."""
        columns = (source_items.c[name] for name in Known.__slots__)
        query = select(*columns).where(_of(authority, source_id), source_items.c.outcome != REMOVED)
        async with self._database.transaction() as connection:
            return {row.uri: Known(*row) for row in await connection.execute(query)}

    async def write(self, claim: Claim, uri: str, outcome: str, **values: str) -> None:
        """Note what became of an item in this run; fields that are not given stay as they were."""
        row = {
            "authority": claim.authority,
            "source": claim.source.id,
            "key": _key(uri),
            "uri": uri,
            "seen": claim.started_at,
            "outcome": outcome,
            "code": "",
            "reason": "",
        } | values
        blank = dict.fromkeys(("fingerprint", "described", "document_id"), "")
        async with self._database.transaction() as connection:
            await hold(connection, claim)
            statement = upserting(connection, source_items).values(blank | row)
            index = ["authority", "source", "key"]
            await connection.execute(statement.on_conflict_do_update(index_elements=index, set_=row))

    async def unchanged(self, claim: Claim, uris: Iterable[str]) -> None:
        """Note that these known items are as they were."""
        keys = [_key(uri) for uri in uris]
        which = _of(claim.authority, claim.source.id) & source_items.c.key.in_(keys)
        values = {"seen": claim.started_at, "outcome": UNCHANGED, "code": "", "reason": ""}
        async with self._database.transaction() as connection:
            await hold(connection, claim)
            await connection.execute(update(source_items).where(which).values(**values))

    async def elsewhere(self, authority: str, source_id: str, document_id: str) -> bool:
        """Whether another source of the authority brings the same document."""
        others = (source_items.c.authority == authority) & (source_items.c.source != source_id)
        query = select(func.count()).where(others, source_items.c.document_id == document_id)
        async with self._database.transaction() as connection:
            return bool((await connection.execute(query)).scalar_one())

    async def first_failure(self, claim: Claim) -> tuple[str, str, str] | None:
        """Uri, code and reason of one item that failed in this run."""
        failed = (source_items.c.seen == claim.started_at) & (source_items.c.outcome == FAILED)
        query = select(source_items.c.uri, source_items.c.code, source_items.c.reason)
        some = query.where(_of(claim.authority, claim.source.id), failed).order_by(source_items.c.uri).limit(1)
        async with self._database.transaction() as connection:
            row = (await connection.execute(some)).one_or_none()
        return (row.uri, row.code, row.reason) if row else None
