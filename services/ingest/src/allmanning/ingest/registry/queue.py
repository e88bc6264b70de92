"""The queue of work: what waits, who works on what, and which authorities have stopped theirs.

It lies in the registry's own database, so a document can't be received without being queued, nor settled or cancelled
and still be worked on. A worker takes a document for a while (`LEASE_S`) and says again and again that it is alive;
when it dies, the document is due again. What taking costs depends on the number of authorities, not of documents.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, RowMapping, delete, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.schema import queues, versions, work
from allmanning.ingest.registry.turns import Turns
from allmanning.ingest.registry.upsert import upserting
from allmanning.ingest.registry.work import now_ms, put_all

# Longer than a busy process is ever silent, and short enough to wait for after a crash.
LEASE_S: Final = 30.0

# One look into the index for each authority that has work of this urgency: databases would otherwise read every row.
AUTHORITIES: Final = text("""
    WITH RECURSIVE turn(authority) AS (
        SELECT min(work.authority) FROM work WHERE work.urgency = :urgency
        UNION ALL
        SELECT (SELECT min(work.authority) FROM work WHERE work.urgency = :urgency AND work.authority > turn.authority)
        FROM turn WHERE turn.authority IS NOT NULL
    )
    SELECT turn.authority FROM turn WHERE turn.authority IS NOT NULL AND :now >=
        (SELECT min(work.due) FROM work WHERE work.urgency = :urgency AND work.authority = turn.authority)
""")


@dataclass(frozen=True)
class Taken:
    """A version that a worker has taken; `tries` counts this time too.

    `interrupted`: whoever had it before let nobody know how it went, as a process does that is killed.
    """

    document_id: str
    version: str
    authority: str
    tries: int
    trace: str
    interrupted: bool = False


class Queue:
    """Work in the registry's database, shared by any number of processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(
        self, worker: str, most: int, turns: Turns, done: Sequence[Taken] = (), running: Sequence[Taken] = ()
    ) -> list[Taken]:
        """Up to `most` documents to work on, in turn; and let go of what this worker is `done` with.

        Whatever ends its process must not have others blamed for it: an interrupted document is given only to a worker
        that has nothing else `running`, and alone; while one waits, nothing else is given to those that have.

        Raises:
            Unavailable: `registry.unavailable`.
        """
        taken: list[Taken] = []
        async with self._database.light_transaction() as connection:
            await self._let_go(connection, worker, done)
            if not most:
                return taken
            paused = set((await connection.execute(select(queues.c.authority).where(queues.c.paused))).scalars())
            suspect = await self._interrupted(connection, paused, running)
            if suspect:
                return [] if running else [await self._taken(connection, worker, suspect)]
            waiting: dict[int, set[str]] = {}
            while len(taken) < most and (one := await self._one(connection, worker, turns, waiting, paused)):
                taken.append(one)
        return taken

    async def keep(self, worker: str, running: Sequence[Taken]) -> None:
        """Say that the worker is alive: what it has `running` stays its own for `LEASE_S` more."""
        async with self._database.light_transaction() as connection:
            until = now_ms() + int(LEASE_S * 1000)
            kept = (work.c.worker == worker) & _among(running)
            await connection.execute(update(work).where(kept).values(due=until))

    async def held(self, worker: str) -> set[tuple[str, str]]:
        """Document ids and versions that are this worker's; what is missing was cancelled, retired or overtaken."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(work.c.document_id, work.c.version).where(work.c.worker == worker))
            return {(row.document_id, row.version) for row in rows}

    async def put_back(self, worker: str, taken: Taken, *, after_s: float, counted: bool) -> None:
        """Let it be tried again later; `counted`: this time was one of its tries."""
        tries = taken.tries if counted else taken.tries - 1
        which = (work.c.document_id == taken.document_id) & (work.c.version == taken.version)
        async with self._database.light_transaction() as connection:
            again = {"due": now_ms() + int(after_s * 1000), "worker": "", "tries": tries}
            await connection.execute(update(work).where(which, work.c.worker == worker).values(**again))
            this = (versions.c.document_id == taken.document_id) & (versions.c.version == taken.version)
            await connection.execute(update(versions).where(this).values(tries=tries))

    async def restore(self) -> int:
        """Queue what is received and in no queue, as releases without this queue left it; how many."""
        async with self._database.transaction() as connection:
            return await put_all(connection)

    async def pause(self, authority: str, *, paused: bool) -> None:
        """Stop or go on giving out an authority's work; what is being worked on is finished."""
        async with self._database.transaction() as connection:
            adding = upserting(connection, queues).values(authority=authority, paused=paused)
            kept = adding.on_conflict_do_update(index_elements=["authority"], set_={"paused": paused})
            await connection.execute(kept)

    async def paused(self, authority: str) -> bool:
        async with self._database.reading() as connection:
            found = await connection.execute(select(queues.c.paused).where(queues.c.authority == authority))
            return bool(found.scalar())

    @staticmethod
    async def _let_go(connection: AsyncConnection, worker: str, done: Sequence[Taken]) -> None:
        if done:
            await connection.execute(delete(work).where(work.c.worker == worker, _among(done)))

    async def _one(
        self,
        connection: AsyncConnection,
        worker: str,
        turns: Turns,
        waiting: dict[int, set[str]],
        paused: Collection[str],
    ) -> Taken | None:
        for urgency in turns.order():
            if urgency not in waiting:
                rows = await connection.execute(AUTHORITIES, {"urgency": urgency, "now": now_ms()})
                waiting[urgency] = {row.authority for row in rows if row.authority not in paused}
            while waiting[urgency]:
                authority = turns.next(urgency, waiting[urgency])
                taken = await self._oldest(connection, worker, urgency, authority)
                if taken:
                    turns.taken(urgency, authority)
                    return taken
                waiting[urgency].remove(authority)
        return None

    @staticmethod
    async def _interrupted(
        connection: AsyncConnection, paused: Collection[str], running: Sequence[Taken]
    ) -> RowMapping | None:
        """The oldest document that nobody keeps any more."""
        # Not `!=`, which would read the whole table.
        left = (work.c.worker > "") & (work.c.due <= now_ms()) & work.c.authority.not_in(paused) & ~_among(running)
        oldest = select(work).where(left).order_by(work.c.due).limit(1).with_for_update(skip_locked=True)
        return (await connection.execute(oldest)).mappings().one_or_none()

    async def _oldest(self, connection: AsyncConnection, worker: str, urgency: int, authority: str) -> Taken | None:
        due = (work.c.urgency == urgency) & (work.c.authority == authority) & (work.c.due <= now_ms())
        due &= work.c.worker == ""
        oldest = select(work).where(due).order_by(work.c.due).limit(1).with_for_update(skip_locked=True)
        row = (await connection.execute(oldest)).mappings().one_or_none()
        return await self._taken(connection, worker, row) if row else None

    @staticmethod
    async def _taken(connection: AsyncConnection, worker: str, row: RowMapping) -> Taken:
        mine = {"due": now_ms() + int(LEASE_S * 1000), "worker": worker, "tries": row["tries"] + 1}
        await connection.execute(update(work).where(work.c.document_id == row["document_id"]).values(**mine))
        return Taken(
            document_id=row["document_id"],
            version=row["version"],
            authority=row["authority"],
            tries=row["tries"] + 1,
            trace=row["trace"],
            interrupted=bool(row["worker"]),
        )


def _among(taken: Sequence[Taken]) -> ColumnElement[bool]:
    """Exactly these versions."""
    return tuple_(work.c.document_id, work.c.version).in_([(each.document_id, each.version) for each in taken])
