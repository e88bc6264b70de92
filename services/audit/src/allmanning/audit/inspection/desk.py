"""What every inspection works with: the log to read, the journal to write in, and tasks one step at a time."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from sqlalchemy import select

from allmanning.audit.inspection.chain import Chain, Link, chain_of, contents_of
from allmanning.audit.inspection.journal import Journal
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.protocol import Records
from allmanning.audit.log.reading import Reading, StoredPin
from allmanning.audit.log.schema import leaves, pins
from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.runtime.errors import NotFound, Unavailable

T = TypeVar("T")

# The writer takes a record from the stream within some 100 ms.
VISIBLE_WITHIN_S: Final = 10.0
POLL_S: Final = 0.02


class Desk:
    """Reads the log in a thread, so that a long reading holds nobody up."""

    def __init__(self, records: Records, journal: Journal) -> None:
        self._records = records
        self.journal = journal
        self._working: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def read(self, authority: str, look: Callable[[Reading], T]) -> T:
        """What `look` sees in one moment of the authority's records."""

        def read() -> T:
            with self._records.reading(authority) as log:
                return look(log)

        return await asyncio.to_thread(read)

    async def chain(self, authority: str, decision: str, *, content: bool) -> Chain:
        """Raises NotFound `decision.not_found`."""
        return await self.read(authority, lambda log: chain_of(log, decision, content=content))

    async def task(self, authority: str, task: str, opened_by: str) -> Chain:
        """The records of a task that a record of the kind `opened_by` began.

        Raises:
            NotFound: `task.not_found`.
        """
        try:
            chain = await self.chain(authority, task, content=True)
        except NotFound as error:
            raise _no_task() from error
        if not chain.of(opened_by):
            raise _no_task()
        return chain

    @asynccontextmanager
    async def alone(self, authority: str, task: str) -> AsyncIterator[None]:
        """One step of a task at a time: what the next one reads, the one before has finished."""
        async with self._working[authority, task]:
            yield

    async def step(self, kind: str, principal: Principal, task: str, **written: object) -> str:
        """Record a step and wait until it can be read.

        Raises:
            Unavailable: `audit.unavailable`; `task.pending`, when it is recorded and can't be read yet.
        """
        record = await self.journal.step(kind, principal, task, **written)  # type: ignore[arg-type]
        await self.visible(principal.authority, record)
        return record

    async def visible(self, authority: str, record: str) -> None:
        """Wait until a record, with its content, is in the log."""
        deadline = asyncio.get_running_loop().time() + VISIBLE_WITHIN_S
        while asyncio.get_running_loop().time() < deadline:
            if await self.read(authority, lambda log: _is_whole(log, record)):
                return
            await asyncio.sleep(POLL_S)
        raise Unavailable(
            "task.pending",
            "Steget är sparat men syns inte ännu. (The step is recorded and can't be seen yet.)",
            retry_after_s=1,
        )


def _no_task() -> NotFound:
    return NotFound("task.not_found", "Det finns inget sådant uppdrag. (There is no such task.)")


def _is_whole(log: Reading, record: str) -> bool:
    link = link_of(log, record)
    return link is not None and not link.gone


def link_of(log: Reading, record: str) -> Link | None:
    """One record with its content, and nothing else of its decision opened; None when there is none."""
    row = log.connection.execute(
        select(leaves.c.idx, leaves.c.data).where(leaves.c.id == record, leaves.c.authority == log.authority)
    ).first()
    if row is None:
        return None
    leaf = Leaf.stored(row.data)
    return Link(leaf, contents_of(log, leaf), row.idx)


def pins_of(log: Reading, chain: Chain) -> dict[str, StoredPin]:
    """The texts that a chain's records point to, by hash."""
    named: set[str] = set()
    for each in chain.links:
        named.add(each.leaf.text("gate", "rules"))
        found = each.field("pins")
        named.update(one for one in (found.values() if isinstance(found, dict) else ()) if isinstance(one, str))
    return pinned(log, named)


def pinned(log: Reading, hashes: set[str]) -> dict[str, StoredPin]:
    """These pinned texts, by hash; one that is not kept is left out."""
    rows = log.connection.execute(
        select(pins.c.authority, pins.c.hash, pins.c.kind, pins.c.content).where(
            pins.c.authority == log.authority, pins.c.hash.in_(hashes)
        )
    )
    return {row.hash: StoredPin(*row) for row in rows}
