"""What is read once more."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, and_, delete, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1.ingest_pb import State
from allmanning.ingest.registry import statements, work
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.registry import batched
from allmanning.ingest.registry.schema import documents, versions
from allmanning.ingest.registry.schema import work as queued
from allmanning.ingest.registry.statements import change_version


class Reruns:
    """Puts documents back in the queue; what searches see of them stays until they have been read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def retry(self, authority: str, states: Collection[State], *, document_id: str = "") -> int:
        """Receive what is in one of `states` once more: a document, or all of the authority; how many.

        `authority`: empty means every authority. What is published stays so until it has been read again.

        Raises:
            NotFound: `document.not_found`.
        """
        async with self._database.transaction() as connection:
            if document_id:
                await statements.newest(connection, authority, document_id)
            which = documents.c.id == document_id if document_id else true()
            return await self._received_again(connection, statements.newest_of(authority, states, which))

    async def read_again(self, authority: str, states: Collection[State], *, collection: str = "") -> int:
        """Receive once more what rules on personal data are about: of a collection, or all of the authority.

        With INDEXED among `states`, an older version that is still published is inspected by the next comparison with
        the index.
        """
        staff_only = [int(Secrecy.INTERNAL), int(Secrecy.SECRET)]
        named = documents.c.collection == collection if collection else true()
        which = and_(versions.c.secrecy.not_in(staff_only), named)
        async with self._database.transaction() as connection:
            if State.INDEXED in states:
                older = statements.published_before_newest(authority, which)
                await change_version(connection, older, passages=0)
            return await self._received_again(connection, statements.newest_of(authority, states, which))

    @staticmethod
    async def _received_again(connection: AsyncConnection, which: Select[tuple[str]]) -> int:
        mine = [row.id for row in await connection.execute(which)]
        for some in batched(mine):
            newest = select(documents.c.newest).where(documents.c.id == versions.c.document_id).scalar_subquery()
            these = versions.c.document_id.in_(some) & (versions.c.version == newest)
            await connection.execute(update(versions).where(these).values(**statements.again()))
            # Whoever settled them may not have let go of them yet.
            await connection.execute(delete(queued).where(queued.c.document_id.in_(some)))
            await work.put_all(connection, documents.c.id.in_(some))
        return len(mine)
