"""What an administrator does with sources, on a running ingest service."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from allmanning.contracts.ingest.v1.ingest_pb import (
    DeleteSourceRequest,
    DeleteSourceResponse,
    Document,
    ListRequest,
    ListResponse,
    PutSourceRequest,
    PutSourceResponse,
    RunSourceRequest,
    RunSourceResponse,
    Source,
    SourcesRequest,
    SourcesResponse,
    State,
)
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from tests.integration.ingest.running import AUTHORITY, Ingest

METADATA = {"secrecy": "open"}


def figures(run: Source.Run) -> dict[str, int]:
    """The counts of a run that are not zero."""
    names = ("found", "added", "changed", "unchanged", "removed", "failed")
    return {name: count for name in names if (count := int(getattr(run, name)))}


@dataclass
class Asking:
    """Requests about the sources of one authority."""

    bus: Bus
    ingest: Ingest

    async def put(self, kind: str, location: str, *, id: str = "k", every: int = 0, **options: str) -> Source:
        source = Source(
            id=id,
            kind=kind,
            collection="regler",
            location=location,
            options=options,
            metadata=METADATA,
            every_minutes=every,
        )
        return await self.put_message(source)

    async def put_message(self, source: Source) -> Source:
        request = PutSourceRequest(authority=AUTHORITY, source=source)
        kept = (await self.bus.call(subjects.INGEST_PUT_SOURCE, request, PutSourceResponse)).source
        assert kept
        return kept

    async def all(self, authority: str = AUTHORITY) -> list[Source]:
        request = SourcesRequest(authority=authority)
        return list((await self.bus.call(subjects.INGEST_SOURCES, request, SourcesResponse)).sources)

    async def last(self, id: str = "k") -> Source.Run:
        (found,) = [each for each in await self.all() if each.id == id]
        return found.last or Source.Run()

    async def start(self, id: str = "k") -> None:
        await self.bus.call(subjects.INGEST_RUN_SOURCE, RunSourceRequest(authority=AUTHORITY, id=id), RunSourceResponse)

    async def run(self, id: str = "k") -> Source.Run:
        """Run the source and wait until it has done so."""
        before = (await self.last(id)).started_at
        await self.start(id)
        return await self.ended(id, after=before)

    async def ended(self, id: str = "k", *, after: str = "") -> Source.Run:
        async with asyncio.timeout(60):
            while True:
                last = await self.last(id)
                if last.started_at > after and last.ended_at and not last.running:
                    return last
                await asyncio.sleep(0.02)

    async def delete(self, id: str = "k", *, retire: bool = False) -> int:
        request = DeleteSourceRequest(authority=AUTHORITY, id=id, retire_documents=retire)
        return (await self.bus.call(subjects.INGEST_DELETE_SOURCE, request, DeleteSourceResponse)).retired

    async def documents(self) -> dict[str, Document]:
        """Uri -> every document that is not retired."""
        request = ListRequest(authority=AUTHORITY, limit=200)
        found = (await self.bus.call(subjects.INGEST_LIST, request, ListResponse)).documents
        return {each.version.uri: each for each in found if each.version and each.state is not State.RETIRED}

    async def settled(self) -> dict[str, Document]:
        """The same when nothing waits any longer."""
        async with asyncio.timeout(60):
            while True:
                found = await self.documents()
                if all(each.state is not State.RECEIVED for each in found.values()):
                    return found
                await asyncio.sleep(0.05)
