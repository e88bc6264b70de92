"""What happens to a document, each step a transaction.

A version is RECEIVED, then INDEXED, SCHEDULED for the day it comes into force or set aside (REJECTED, HELD, …), and
RETIRED when another takes its place or its document is retired.
A step of a version that is no longer the newest changes nothing and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, update

from allmanning.contracts.ingest.v1.ingest_pb import Document, ListRequest, State
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.ingest.registry import statements, work
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.row import Job, Reading, Upload, document_of, job_of, now, values_of
from allmanning.ingest.registry.schema import documents, versions
from allmanning.ingest.registry.schema import work as queued
from allmanning.ingest.registry.statements import JOINED, change_document, change_version, this

# More than this many values in one statement is more than some databases take.
_AT_ONCE: Final = 1_000
CANCELLED: Final = "Avbruten innan den hann läsas in. (Cancelled before it was read.)"
_OVERTAKEN: Final = {
    "code": "document.overtaken",
    "reason": "En nyare version kom innan den här började gälla. (Overtaken before it came into force.)",
}
_UNDONE: Final = (State.RECEIVED, State.SCHEDULED)
_IN_USE: Final = (*_UNDONE, State.INDEXED, State.EXPANDED)


@dataclass(frozen=True)
class Published:
    """What searches should see of a document."""

    authority: str
    version: str
    passages: int


@dataclass(frozen=True)
class Inside:
    """A document that came out of a container."""

    id: str
    size_bytes: int


def batched(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Parts of at most 1,000."""
    return (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))


class Registry:
    """Documents and versions in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def warm_up(self) -> None:
        await self._database.warm_up()

    async def close(self) -> None:
        await self._database.close()

    async def receive(self, version: DocumentVersion, upload: Upload) -> tuple[Job, bool]:
        """Make `version` the newest of its document; False when it already is published or on its way.

        A rejected or retired version is received again.
        """
        async with self._database.transaction() as connection:
            await statements.lock(connection, version)
            known = await statements.job(connection, version.id, version.version)
            as_it_is = {State.RECEIVED, State.SCHEDULED, State.EXPANDED}
            unchanged = known is not None and (known.published or (known.newest and known.state in as_it_is))
            if not unchanged:
                attempt = known.attempt + 1 if known else 1
                await statements.write_received(connection, version, upload, attempt)
                await work.put(connection, version, upload.priority)
            await change_document(connection, version.id, newest=version.version)
            others = (versions.c.document_id == version.id) & (versions.c.version != version.version)
            for state, note in ((State.RECEIVED, {}), (State.SCHEDULED, _OVERTAKEN)):
                overtaken = others & (versions.c.state == int(state))
                await change_version(connection, overtaken, state=int(State.RETIRED), updated_at=now(), **note)
            job = await statements.job(connection, version.id, version.version)
        if job is None:
            raise statements.not_found()
        return job, not unchanged

    async def job(self, document_id: str, version: str) -> Job | None:
        """The version, if the registry knows it."""
        async with self._database.reading() as connection:
            return await statements.job(connection, document_id, version)

    async def index(self, version: DocumentVersion, reading: Reading, *, attempt: int = 0) -> bool:
        """Note that searches now see `version`, described as it is here, instead of the one before it.

        False also when it was received again after `attempt`, by other rules perhaps; 0: whenever it was received.
        """
        async with self._database.transaction() as connection:
            known = await statements.current(connection, version.id, version.version)
            if known is None or attempt not in {0, known.attempt}:
                return False
            await statements.replace(connection, version, State.INDEXED, reading)
            await change_document(connection, version.id, published=version.version)
            return True

    async def schedule(self, version: DocumentVersion, reading: Reading, begins: datetime) -> bool:
        """Let `version` wait, described as it is here, until it `begins`; False when no other one is published."""
        async with self._database.transaction() as connection:
            if await statements.current(connection, version.id, version.version) is None:
                return False
            if await statements.published(connection, version.id) in {None, version.version}:
                return False
            reason = f"Ersätter den gällande versionen {begins:%Y-%m-%d}. (Replaces the one in force.)"
            outcome = statements.outcome(State.SCHEDULED, reading, code="document.scheduled", reason=reason)
            await change_version(connection, this(version.id, version.version), **values_of(version), **outcome)
            await work.wait_until(connection, version, begins)
            return True

    async def begin(self, job: Job) -> Job:
        """Receive again a version that was to wait until now."""
        version = job.version
        async with self._database.transaction() as connection:
            waiting = this(version.id, version.version) & (versions.c.state == int(State.SCHEDULED))
            await change_version(connection, waiting, **statements.again())
            found = await statements.job(connection, version.id, version.version)
        if found is None:
            raise statements.not_found()
        return found

    async def expand(self, version: DocumentVersion, reading: Reading) -> bool:
        """Note that all of `version` became documents of their own, and that nothing of it is searched itself."""
        async with self._database.transaction() as connection:
            if await statements.current(connection, version.id, version.version) is None:
                return False
            await statements.replace(connection, version, State.EXPANDED, reading)
            await change_document(connection, version.id, published=None)
            return True

    async def set_aside(
        self, document_id: str, version: str, state: State, code: str, reason: str, *, tries: int = 1
    ) -> bool:
        """Note that `version` can't be indexed, or not yet; what was published stays so."""
        async with self._database.transaction() as connection:
            if await statements.current(connection, document_id, version) is None:
                return False
            outcome = statements.outcome(state, code=code, reason=reason) | {"tries": tries}
            await change_version(connection, this(document_id, version), **outcome)
            return True

    async def hold(self, version: DocumentVersion, code: str, reason: str, reading: Reading, *, tries: int = 1) -> bool:
        """Note that `version`, described as it is here, may not be read, and what was found in it.

        If it is the published one, it no longer is.

        False for one that nobody waits for any more.
        """
        async with self._database.transaction() as connection:
            known = await statements.job(connection, version.id, version.version)
            waiting = known is not None and known.newest and known.state is State.RECEIVED
            if known is None or not (waiting or known.published):
                return False
            outcome = statements.outcome(State.HELD, reading, code=code, reason=reason) | {"tries": tries}
            await change_version(connection, this(version.id, version.version), **values_of(version), **outcome)
            if known.published:
                await change_document(connection, version.id, published=None)
            return True

    async def recount(self, document_id: str, version: str, passages: int) -> None:
        """Note how many passages a rebuilt version has."""
        async with self._database.transaction() as connection:
            await change_version(connection, this(document_id, version), passages=passages)

    async def let_go(self, document_id: str, version: str) -> None:
        """Take a version that is settled out of the queue."""
        async with self._database.transaction() as connection:
            settled = (queued.c.document_id == document_id) & (queued.c.version == version)
            await connection.execute(delete(queued).where(settled))

    async def containers(self, version: DocumentVersion) -> list[str]:
        """Ids of the documents that `version` came out of, the nearest first."""
        found: list[str] = []
        container = version.container
        async with self._database.reading() as connection:
            while container and container not in found:
                found.append(container)
                newest = documents.c.newest == versions.c.version
                rows = JOINED.with_only_columns(versions.c.container).where(newest, documents.c.id == container)
                container = (await connection.execute(rows)).scalar() or ""
        return found

    async def inside(self, containers: Sequence[str], *, deep: bool = True) -> list[Inside]:
        """What came out of these documents and is in use; `deep`: and out of that."""
        found: dict[str, Inside] = {}
        async with self._database.reading() as connection:
            while containers:
                some: list[Inside] = []
                for part in batched(containers):
                    rows = await connection.execute(statements.inside(part))
                    some += [Inside(row.id, row.size_bytes) for row in rows if row.id not in found]
                found |= {each.id: each for each in some}
                containers = [each.id for each in some] if deep else []
        return list(found.values())

    async def retire(self, authority: str, document_id: str) -> tuple[Job, Document]:
        """Take every version out of use. Raises `NotFound`: `document.not_found`."""
        async with self._database.transaction() as connection:
            row = await statements.newest(connection, authority, document_id)
            if row["state"] != State.RETIRED or row["published"] is not None:
                live = versions.c.state.in_([int(each) for each in _IN_USE])
                which = (versions.c.document_id == document_id) & (live | (versions.c.version == row["newest"]))
                await change_version(connection, which, state=int(State.RETIRED), updated_at=now())
                await change_document(connection, document_id, published=None)
                await work.drop(connection, document_id)
                row = await statements.newest(connection, authority, document_id)
        return job_of(row), document_of(row)

    async def cancel(self, authority: str, *, document_id: str = "", batch: str = "") -> int:
        """Take what is not done yet out of the queue, of a document or of a batch; how many.

        What was published before stays so.

        Raises:
            NotFound: `document.not_found`, for a document id that the authority does not have.
        """
        async with self._database.transaction() as connection:
            if document_id:
                await statements.newest(connection, authority, document_id)
            member = versions.c.container == document_id
            which = (documents.c.id == document_id) | member if document_id else versions.c.batch == batch
            mine = statements.newest_of(authority, _UNDONE, which)
            await connection.execute(delete(queued).where(queued.c.document_id.in_(mine)))
            cancelled = statements.outcome(State.CANCELLED, code="document.cancelled", reason=CANCELLED)
            undone = versions.c.state.in_([int(each) for each in _UNDONE]) & versions.c.document_id.in_(mine)
            return (await connection.execute(update(versions).where(undone).values(**cancelled))).rowcount

    async def get(self, authority: str, document_id: str, version: str = "") -> Document:
        """The newest version, or the one asked for. Raises `NotFound`: `document.not_found`."""
        async with self._database.reading() as connection:
            if not version:
                return document_of(await statements.newest(connection, authority, document_id))
            query = JOINED.where(this(document_id, version), documents.c.authority == authority)
            row = (await connection.execute(query)).mappings().one_or_none()
        if row is None:
            raise statements.not_found()
        return document_of(row)

    async def page(self, wanted: ListRequest, limit: int) -> tuple[Sequence[Document], int]:
        """Documents that are `wanted`, in order of id, and how many there are in all."""
        mine = JOINED.where(versions.c.version == documents.c.newest, statements.wanted(wanted))
        some = mine.where(documents.c.id > wanted.after).order_by(documents.c.id).limit(limit)
        async with self._database.reading() as connection:
            total = (await connection.execute(mine.with_only_columns(func.count()))).scalar_one()
            rows = (await connection.execute(some)).mappings().all()
        return [document_of(row) for row in rows], total

    async def published(self) -> Mapping[str, Published]:
        """Document id -> what searches should see."""
        query = JOINED.where(versions.c.version == documents.c.published).with_only_columns(
            documents.c.id, documents.c.authority, versions.c.version, versions.c.passages
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return {row.id: Published(row.authority, row.version, row.passages) for row in rows}
