"""Sources in the registry: what an administrator asked for, and which process runs them now."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, RowMapping, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from allmanning.contracts.ingest.v1.ingest_pb import Source
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.row import now
from allmanning.ingest.registry.schema import source_items, sources
from allmanning.ingest.registry.upsert import upserting
from allmanning.runtime.errors import Conflict, NotFound

NEVER: Final = 1e12
_MINUTE: Final = 60.0
# What of the items a run counts as found.
_FOUND: Final = ("added", "changed", "unchanged", "failed")


@dataclass(frozen=True)
class Claim:
    """The right to run a source until the lease ends."""

    authority: str
    source: Source
    owner: str
    # RFC 3339; that of the interrupted run when this goes on with one.
    started_at: str

    @property
    def batch(self) -> str:
        return f"source:{self.source.id}:{self.started_at}"


class LeaseLost(Conflict):
    """Another process runs the source now, or it is gone: what this one does must change nothing more."""


def this(authority: str, source_id: str) -> ColumnElement[bool]:
    return (sources.c.authority == authority) & (sources.c.id == source_id)


async def hold(connection: AsyncConnection, claim: Claim) -> None:
    """Make sure that the lease is still ours until the transaction ends. Raises `LeaseLost`: `source.lease_lost`."""
    query = select(sources.c.lease_owner).where(this(claim.authority, claim.source.id)).with_for_update()
    if (await connection.execute(query)).scalar_one_or_none() != claim.owner:
        raise LeaseLost("source.lease_lost", "Källan körs nu av en annan process, eller har tagits bort.")


class Sources:
    """Sources of all authorities."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, authority: str, source: Source) -> Source:
        """Keep the source as it is described here; it is due at once when it has a time to run."""
        row = {"authority": authority, "id": source.id} | {
            "kind": source.kind,
            "collection": source.collection,
            "location": source.location,
            "options": json.dumps(dict(source.options)),
            "metadata": json.dumps(dict(source.metadata)),
            "every_minutes": source.every_minutes,
            "due_at": 0.0 if source.every_minutes else NEVER,
        }
        fresh = {"asked": False, "lease_owner": "", "lease_until": 0.0, "running": False}
        blank = dict.fromkeys(("started_at", "ended_at", "code", "reason"), "")
        async with self._database.transaction() as connection:
            statement = upserting(connection, sources).values(row | fresh | blank)
            # A run that goes on with the old description must change nothing more.
            changed = row | {"lease_owner": "", "lease_until": 0.0}
            await connection.execute(statement.on_conflict_do_update(index_elements=["authority", "id"], set_=changed))
        return await self.get(authority, source.id)

    async def get(self, authority: str, source_id: str) -> Source:
        """Raises `NotFound`: `source.not_found`."""
        found = [each for each in await self.all(authority) if each.id == source_id]
        if not found:
            raise _not_found(source_id)
        return found[0]

    async def all(self, authority: str) -> list[Source]:
        """The authority's sources in order of id, with what their last runs did."""
        same = (source_items.c.authority == sources.c.authority) & (source_items.c.source == sources.c.id)
        counted = (
            select(sources.c.id, source_items.c.outcome, func.count().label("count"))
            .join(source_items, same & (source_items.c.seen == sources.c.started_at))
            .where(sources.c.authority == authority)
            .group_by(sources.c.id, source_items.c.outcome)
        )
        query = select(sources).where(sources.c.authority == authority).order_by(sources.c.id)
        async with self._database.transaction() as connection:
            rows = (await connection.execute(query)).mappings().all()
            counts = {(each.id, each.outcome): int(each[2]) for each in (await connection.execute(counted)).all()}
        return [
            _source_of(row, {name: counts.get((row["id"], name), 0) for name in (*_FOUND, "removed")}) for row in rows
        ]

    async def ask(self, authority: str, source_id: str) -> None:
        """Have the source run as soon as a process is free. Raises `NotFound`: `source.not_found`."""
        await self._change(authority, source_id, asked=True)

    async def stop(self, authority: str, source_id: str) -> None:
        """Take the source from whoever runs it, for good. Raises `NotFound`: `source.not_found`."""
        ended = {"asked": False, "running": False, "lease_owner": "", "lease_until": 0.0, "due_at": NEVER}
        await self._change(authority, source_id, **ended, every_minutes=0)

    async def delete(self, authority: str, source_id: str) -> None:
        """Forget the source and what it listed; documents stay."""
        items = (source_items.c.authority == authority) & (source_items.c.source == source_id)
        async with self._database.transaction() as connection:
            await connection.execute(delete(source_items).where(items))
            await connection.execute(delete(sources).where(this(authority, source_id)))

    async def claim(self, lease_s: float) -> Claim | None:
        """A source that is due, was asked for, or was left in the middle of a run; nobody else gets it meanwhile."""
        at, owner = time.time(), uuid.uuid4().hex
        wanted = sources.c.running | sources.c.asked | (sources.c.due_at <= at)
        query = select(sources).where(sources.c.lease_until < at, wanted).order_by(sources.c.due_at).limit(1)
        async with self._database.transaction() as connection:
            row = (await connection.execute(query.with_for_update(skip_locked=True))).mappings().one_or_none()
            if row is None:
                return None
            started_at = row["started_at"] if row["running"] else now()
            values = {"lease_owner": owner, "lease_until": at + lease_s, "running": True, "started_at": started_at}
            if not row["running"]:
                every = row["every_minutes"]
                values |= {"asked": False, "code": "", "reason": "", "ended_at": ""}
                values |= {"due_at": at + every * _MINUTE if every else NEVER}
                await self._forget_removed(connection, row["authority"], row["id"])
            await connection.execute(update(sources).where(this(row["authority"], row["id"])).values(**values))
        return Claim(row["authority"], _source_of(row, {}), owner, started_at)

    async def renew(self, claim: Claim, lease_s: float) -> None:
        """Raises `LeaseLost`: `source.lease_lost`."""
        await self._held(claim, lease_until=time.time() + lease_s)

    async def pause(self, claim: Claim, for_s: float) -> None:
        """Let go of a run that is not done; somebody goes on with it after `for_s`. Raises `LeaseLost`."""
        await self._held(claim, lease_owner="", lease_until=time.time() + for_s)

    async def finish(self, claim: Claim, code: str, reason: str) -> None:
        """Raises `LeaseLost`: `source.lease_lost`."""
        await self._held(
            claim, lease_owner="", lease_until=0.0, running=False, ended_at=now(), code=code, reason=reason
        )

    async def _held(self, claim: Claim, **values: object) -> None:
        async with self._database.transaction() as connection:
            await hold(connection, claim)
            await connection.execute(update(sources).where(this(claim.authority, claim.source.id)).values(**values))

    async def _change(self, authority: str, source_id: str, **values: object) -> None:
        async with self._database.transaction() as connection:
            done = await connection.execute(update(sources).where(this(authority, source_id)).values(**values))
            if not done.rowcount:
                raise _not_found(source_id)

    @staticmethod
    async def _forget_removed(connection: AsyncConnection, authority: str, source_id: str) -> None:
        mine = (source_items.c.authority == authority) & (source_items.c.source == source_id)
        await connection.execute(delete(source_items).where(mine, source_items.c.outcome == "removed"))


def _not_found(source_id: str) -> NotFound:
    return NotFound("source.not_found", f"Det finns ingen källa {source_id}. (There is no such source.)")


def _source_of(row: RowMapping, counts: dict[str, int]) -> Source:
    source = Source(
        id=row["id"],
        kind=row["kind"],
        collection=row["collection"],
        location=row["location"],
        options=json.loads(row["options"]),
        metadata=json.loads(row["metadata"]),
        every_minutes=row["every_minutes"],
    )
    if row["started_at"]:
        source.last = Source.Run(
            started_at=row["started_at"],
            ended_at=row["ended_at"],
            found=sum(counts.get(name, 0) for name in _FOUND),
            **counts,
            code=row["code"],
            reason=row["reason"],
            running=row["running"],
        )
    return source
