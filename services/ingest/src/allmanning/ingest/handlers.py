"""What the ingest service answers."""

from __future__ import annotations

import asyncio
from typing import Final

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1.ingest_pb import (
    DocumentReceived,
    GetRequest,
    GetResponse,
    ListRequest,
    ListResponse,
    RetireRequest,
    RetireResponse,
    SubmitRequest,
    SubmitResponse,
)
from allmanning.ingest import submission
from allmanning.ingest.originals import Originals
from allmanning.ingest.progress import Progresses
from allmanning.ingest.read.media_type import media_type_of
from allmanning.ingest.read.reader import check_size
from allmanning.ingest.registry.registry import Registry
from allmanning.ingest.registry.row import Job, Upload
from allmanning.ingest.retirement import Retirement
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus

_PAGE: Final = 50
_LONGEST_PAGE: Final = 500
_MEGABYTE: Final = 1024 * 1024


async def tell_received(bus: Bus, job: Job) -> None:
    """Tell that a version waits. The registry has queued it already: an event that is lost delays it by a second."""
    authority, document_id, version = job.version.authority, job.version.id, job.version.version
    await bus.publish(
        subjects.document_received(authority),
        DocumentReceived(authority=authority, document_id=document_id, version=version),
        message_id=f"{document_id}:{version}:{job.attempt}",
    )


class Handlers:
    """One method for each request."""

    def __init__(
        self,
        registry: Registry,
        originals: Originals,
        retirement: Retirement,
        progresses: Progresses,
        bus: Bus,
        *,
        max_file_mb: int,
    ) -> None:
        self._registry = registry
        self._originals = originals
        self._retirement = retirement
        self._progresses = progresses
        self._bus = bus
        self._largest = max_file_mb * _MEGABYTE

    async def submit(self, request: SubmitRequest) -> SubmitResponse:
        """Accept a document: when this returns, it is in the registry and its event is stored.

        Raises:
            InvalidInput, TooLarge: as `submission.submitted`; `object.invalid` when the bytes are not what was said.
            NotFound: `object.not_found`.
            Unsupported: `file.type_unknown`.
            Unavailable: the registry or the event stream does not answer; submit again.
        """
        version = submission.submitted(request, self._largest)
        size_bytes = await self._originals.check(request.object)
        if not size_bytes:
            raise submission.empty()
        if size_bytes > self._largest:
            raise submission.too_large(self._largest)
        async with self._originals.sample(request.object) as sample:
            version.media_type = await asyncio.to_thread(media_type_of, request.filename, sample)
        check_size(version.media_type, size_bytes)
        default = submission.secrecy_of(request.default_secrecy) or Secrecy.SECRET
        upload = Upload(
            request.filename, request.object, size_bytes, default, request.priority, request.batch, request.source
        )
        job, is_new = await self._registry.receive(version, upload)
        if is_new:
            await tell_received(self._bus, job)
        document = await self._registry.get(version.authority, version.id, version.version)
        return SubmitResponse(document=document, unchanged=not is_new)

    async def get(self, request: GetRequest) -> GetResponse:
        """Raises `NotFound`: `document.not_found`, also for a document of another authority."""
        found = await self._registry.get(request.authority, request.document_id, request.version)
        return GetResponse(document=await self._progresses.with_progress(found))

    async def list(self, request: ListRequest) -> ListResponse:
        limit = min(request.limit or _PAGE, _LONGEST_PAGE)
        documents, total = await self._registry.page(request, limit)
        return ListResponse(documents=list(documents), total=total)

    async def retire(self, request: RetireRequest) -> RetireResponse:
        """Take a document out of use, and the members of a container; when this returns, no search finds them.

        Raises:
            NotFound: `document.not_found`.
            Unavailable: the index does not answer; ask again, or the next comparison with the registry removes it.
        """
        return RetireResponse(document=await self._retirement.retire(request.authority, request.document_id))
