"""Makes a received version searchable, or says why it can't be; and builds again what the index has lost.

The order is what keeps half a document from being seen: stage, publish in one step, note it in the registry, tell.
A crash anywhere leaves a version that is still RECEIVED, and its event comes again.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from weakref import WeakValueDictionary

from allmanning.contracts.ingest.v1.ingest_pb import DocumentIndexed, DocumentReceived, DocumentRejected, State
from allmanning.index.store.protocol import PassageStore
from allmanning.ingest.findings import gathered
from allmanning.ingest.originals import Originals
from allmanning.ingest.pipeline import IngestPipeline, Staged
from allmanning.ingest.read.original import Original
from allmanning.ingest.registry.registry import Registry
from allmanning.ingest.registry.row import Job, Reading
from allmanning.ingest.verdict import REFUSING, state_after
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import NotFound, PlatformError, Unavailable, Unprocessable

log = logging.getLogger(__name__)


def reading_of(staged: Staged) -> Reading:
    """What the registry keeps of a reading."""
    extract = staged.extract
    return Reading(
        passages=staged.passages,
        findings=gathered(extract.findings),
        pages=extract.pages,
        members=len(extract.members),
        ocr_quality=extract.ocr_quality,
    )


class Worker:
    """Handles `DocumentReceived`."""

    def __init__(
        self, registry: Registry, originals: Originals, pipeline: IngestPipeline, store: PassageStore, bus: Bus
    ) -> None:
        self._registry = registry
        self._originals = originals
        self._pipeline = pipeline
        self._store = store
        self._bus = bus
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def handle(self, event: DocumentReceived) -> None:
        """Index one version. Does nothing again for one that is done, except to tell it again.

        Raises:
            PlatformError: a retry may help.
        """
        async with self._one_at_a_time(event.document_id):
            job = await self._registry.job(event.document_id, event.version)
            if job is None or not job.newest:
                return
            if job.state is State.RECEIVED:
                await self._index(job)
            else:
                await self._tell(job)

    async def rebuild(self, document_id: str, version: str) -> bool:
        """Index a published version again; False when it no longer is the published one."""
        async with self._one_at_a_time(document_id):
            job = await self._registry.job(document_id, version)
            if job is None or not job.published:
                return False
            staged = await self._staged(job)
            await self._store.publish(job.version.authority, document_id, version)
            await self._registry.recount(document_id, version, staged.passages)
            return True

    async def _index(self, job: Job) -> None:
        version = job.version
        try:
            staged = await self._staged(job)
        except REFUSING as error:
            log.info("document %s set aside: %s", version.id, error.code)
            state = state_after(error)
            await self._registry.set_aside(version.id, version.version, state, error.code, error.message)
        else:
            if not await self._published(job):
                return
            if not await self._registry.index(staged.version, reading_of(staged)):
                await self._overtaken(job)
                return
            log.info("document %s indexed: %d passages", version.id, staged.passages)
        done = await self._registry.job(version.id, version.version)
        if done:
            await self._tell(done)

    async def _published(self, job: Job) -> bool:
        """Publish what was staged; False when the document was retired meanwhile, and its passages with it."""
        version = job.version
        try:
            await self._store.publish(version.authority, version.id, version.version)
        except NotFound as error:
            now = await self._registry.job(version.id, version.version)
            if now is None or now.state is not State.RECEIVED:
                return False
            raise Unavailable(error.code, error.message) from error
        return True

    async def _staged(self, job: Job) -> Staged:
        version = job.version
        try:
            async with self._originals.on_disk(job.upload.object) as desk:
                original = Original(
                    path=desk.original,
                    filename=job.upload.filename,
                    media_type=version.media_type,
                    default_secrecy=job.upload.default_secrecy,
                    workspace=desk.workspace,
                )
                staged = await self._pipeline.run(version, original)
        except NotFound as error:
            raise Unprocessable("file.missing", "Originalet finns inte kvar. Ladda upp filen igen.") from error
        except REFUSING:
            raise
        except PlatformError as error:
            # Whatever else the index or the embedder answers, the document is not to blame.
            raise error if error.retryable else Unavailable(error.code, error.message) from error
        except Exception as error:
            log.exception("document %s broke the pipeline", version.id)
            raise Unprocessable(
                "document.failed", "Dokumentet kunde inte behandlas. Felet finns i tjänstens logg. (Processing failed.)"
            ) from error
        await self._originals.keep_text(version.version, staged.extract.text)
        return staged

    async def _overtaken(self, job: Job) -> None:
        """While we worked, another process retired the document or submitted a newer version, and we published ours."""
        version = job.version
        current = (await self._registry.published()).get(version.id)
        if current is None:
            await self._store.retire(version.authority, version.id)
        elif current.version != version.version:
            # Searches must not wait for the next comparison with the wrong version.
            newest = await self._registry.job(version.id, current.version)
            if newest:
                await self._staged(newest)
                await self._store.publish(version.authority, version.id, current.version)

    async def _tell(self, job: Job) -> None:
        authority, document_id, version = job.version.authority, job.version.id, job.version.version
        key = f"{document_id}:{version}:{job.attempt}"
        if job.state is State.INDEXED:
            indexed = DocumentIndexed(
                authority=authority, document_id=document_id, version=version, passages=job.passages
            )
            await self._bus.publish(subjects.document_indexed(authority), indexed, message_id=f"{key}:indexed")
        elif job.state in {State.REJECTED, State.NEEDS_OCR, State.HELD, State.FAILED}:
            rejected = DocumentRejected(
                authority=authority, document_id=document_id, version=version, code=job.code, reason=job.reason
            )
            await self._bus.publish(subjects.document_rejected(authority), rejected, message_id=f"{key}:rejected")

    def _one_at_a_time(self, document_id: str) -> AbstractAsyncContextManager[None]:
        """Two versions of a document must not be published at once, nor one be rebuilt over a newer one."""
        lock = self._locks.get(document_id)
        if lock is None:
            lock = self._locks[document_id] = asyncio.Lock()
        return lock
