"""Takes documents out of use, with all that came out of them."""

from __future__ import annotations

from allmanning.contracts.ingest.v1.ingest_pb import Document, DocumentRetired
from allmanning.index.store.protocol import PassageStore
from allmanning.ingest.registry.registry import Registry
from allmanning.ingest.registry.row import Job
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus


class Retirement:
    """May be repeated; what a crash leaves in the index, the next comparison with the registry removes."""

    def __init__(self, registry: Registry, store: PassageStore, bus: Bus) -> None:
        self._registry = registry
        self._store = store
        self._bus = bus

    async def retire(self, authority: str, document_id: str) -> Document:
        """Retire a document and the members of a container; when this returns, no search finds them.

        Raises:
            NotFound: `document.not_found`.
            Unavailable: the index does not answer.
        """
        # The container last: what was interrupted is then seen, and repeated.
        for member in await self._registry.inside([document_id]):
            gone, _ = await self._registry.retire(authority, member.id)
            await self._gone(gone)
        job, document = await self._registry.retire(authority, document_id)
        await self._gone(job)
        return document

    async def _gone(self, job: Job) -> None:
        version = job.version
        await self._store.retire(version.authority, version.id)
        await self._bus.publish(
            subjects.document_retired(version.authority),
            DocumentRetired(authority=version.authority, document_id=version.id),
            message_id=f"{version.id}:{version.version}:{job.attempt}:retired",
        )
