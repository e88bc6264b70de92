"""What the ingest service answers about sources."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from allmanning.contracts.ingest.v1.ingest_pb import (
    DeleteSourceRequest,
    DeleteSourceResponse,
    PutSourceRequest,
    PutSourceResponse,
    RetireRequest,
    RunSourceRequest,
    RunSourceResponse,
    SourcesRequest,
    SourcesResponse,
)
from allmanning.contracts.ingest.v1.ingest_pb import Source as SourceMessage
from allmanning.ingest.handlers import Handlers
from allmanning.ingest.originals import Originals
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.source_items import SourceItems
from allmanning.ingest.registry.sources import Sources
from allmanning.ingest.settings import IngestSettings
from allmanning.ingest.sources.accepted import check
from allmanning.ingest.sources.kinds import opened
from allmanning.ingest.sources.passwords import passwords
from allmanning.ingest.sources.protocol import Surroundings
from allmanning.ingest.sources.runner import SourceRunner
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Answering, Endpoint
from allmanning.runtime.errors import NotFound

_MEGABYTE = 1024 * 1024


class SourceHandlers:
    """One method for each request, and the runner that does what they ask."""

    def __init__(self, database: Database, handlers: Handlers, originals: Originals, settings: IngestSettings) -> None:
        """Raises `Refused`: `source.passwords_invalid`."""
        self._sources = Sources(database)
        self._items = SourceItems(database)
        self._handlers = handlers
        self._settings = settings
        self._passwords = passwords(settings.source_passwords)
        self.runner = SourceRunner(
            self._sources,
            self._items,
            handlers,
            originals,
            self._surroundings,
            look_every_s=settings.source_look_every_s,
        )

    def endpoints(self) -> Sequence[Answering]:
        return [
            Endpoint(subjects.INGEST_SOURCES, SourcesRequest, self.sources),
            Endpoint(subjects.INGEST_PUT_SOURCE, PutSourceRequest, self.put),
            Endpoint(subjects.INGEST_DELETE_SOURCE, DeleteSourceRequest, self.delete),
            Endpoint(subjects.INGEST_RUN_SOURCE, RunSourceRequest, self.run_source),
        ]

    async def sources(self, request: SourcesRequest) -> SourcesResponse:
        return SourcesResponse(sources=await self._sources.all(request.authority))

    async def put(self, request: PutSourceRequest) -> PutSourceResponse:
        """Keep a source in place of the one of the same id, and run it when it has a time to run.

        Raises:
            InvalidInput: as `accepted.check` and `kinds.opened`.
        """
        source = request.source or SourceMessage()
        check(request.authority, source)
        # Its constructor knows what else may be wrong.
        await opened(source, self._surroundings(request.authority, source)).close()
        kept = await self._sources.put(request.authority, source)
        self.runner.wake()
        return PutSourceResponse(source=kept)

    async def run_source(self, request: RunSourceRequest) -> RunSourceResponse:
        """Returns when it is on record that the source shall run. Raises `NotFound`: `source.not_found`."""
        await self._sources.ask(request.authority, request.id)
        self.runner.wake()
        return RunSourceResponse()

    async def delete(self, request: DeleteSourceRequest) -> DeleteSourceResponse:
        """Forget a source; when it was to retire its documents and is interrupted, ask again.

        Raises:
            NotFound: `source.not_found`.
        """
        await self._sources.stop(request.authority, request.id)
        retired = 0
        if request.retire_documents:
            known = await self._items.known(request.authority, request.id)
            for document_id in sorted({each.document_id for each in known.values() if each.document_id}):
                if await self._items.elsewhere(request.authority, request.id, document_id):
                    continue
                with contextlib.suppress(NotFound):
                    await self._handlers.retire(RetireRequest(authority=request.authority, document_id=document_id))
                    retired += 1
        await self._sources.delete(request.authority, request.id)
        return DeleteSourceResponse(retired=retired)

    def _surroundings(self, authority: str, source: SourceMessage) -> Surroundings:
        return Surroundings(
            folders=self._settings.folders,
            private_hosts=self._settings.private_hosts,
            password=self._passwords.get(f"{authority}/{source.id}", ""),
            largest_bytes=self._settings.max_file_mb * _MEGABYTE,
        )
