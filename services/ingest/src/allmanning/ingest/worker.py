"""Makes a received version searchable, or says why it can't be; and builds again what the index has lost.

The order is what keeps half a document from being seen: stage, publish in one step, note it in the registry, tell.
A crash anywhere leaves a version that is still in the queue, and somebody takes it again.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import date
from functools import partial
from weakref import WeakValueDictionary

from allmanning.contracts.ingest.v1.ingest_pb import DocumentIndexed, DocumentRejected, State
from allmanning.index.store.protocol import PassageStore
from allmanning.ingest.failure import dead_letter, reason_of
from allmanning.ingest.findings import gathered
from allmanning.ingest.inspect import Held
from allmanning.ingest.members import Members
from allmanning.ingest.originals import Originals
from allmanning.ingest.pipeline import IngestPipeline, Staged
from allmanning.ingest.progress import Progresses, Stage, tell
from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.original import Original
from allmanning.ingest.registry.queue import Taken
from allmanning.ingest.registry.registry import Registry
from allmanning.ingest.registry.row import Job, Reading
from allmanning.ingest.run import Run
from allmanning.ingest.verdict import FAILED, REFUSING, state_after
from allmanning.ingest.virus_scan import INFECTED, VirusScan
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Internal, NotFound, PlatformError, Unprocessable
from allmanning.runtime.swedish_day import beginning, today

log = logging.getLogger(__name__)


def reading_of(extract: Extract, passages: int = 0) -> Reading:
    """What the registry keeps of a reading."""
    return Reading(
        passages=passages,
        findings=gathered(extract.findings),
        pages=extract.pages,
        members=len(extract.members),
        ocr_quality=extract.ocr_quality,
    )


class Worker:
    """Works on one version at a time of each document."""

    def __init__(
        self,
        registry: Registry,
        originals: Originals,
        pipeline: IngestPipeline,
        members: Members,
        progresses: Progresses,
        store: PassageStore,
        bus: Bus,
        scan: VirusScan,
    ) -> None:
        self._registry = registry
        self._originals = originals
        self._pipeline = pipeline
        self._members = members
        self._progresses = progresses
        self._store = store
        self._bus = bus
        self._scan = scan
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def handle(self, run: Run) -> None:
        """Index one version. Does nothing again for one that is done, except to tell it again.

        Raises:
            PlatformError: a retry may help.
        """
        taken = run.taken
        async with self._one_at_a_time(taken.document_id):
            job = await self._registry.job(taken.document_id, taken.version)
            if job is None or not job.newest:
                return
            if job.state is State.SCHEDULED:
                job = await self._registry.begin(job)
            if job.state is not State.RECEIVED:
                await self._tell(job)
                return
            course = self._progresses.begin(taken.authority, taken.document_id)
            try:
                await self._index(job, run)
            finally:
                self._progresses.end(course)

    async def give_up(self, taken: Taken, error: Exception) -> None:
        """Note that a version failed at every try, and keep its event as a dead letter.

        Raises:
            Unavailable: the registry or the event stream does not answer.
        """
        code = error.code if isinstance(error, PlatformError) else FAILED
        log.error("document %s given up after %d tries: %s", taken.document_id, taken.tries, code)
        job = await self._registry.job(taken.document_id, taken.version)
        if job is None:
            return
        await dead_letter(self._bus, job, code, taken.tries)
        await self._set_aside(job, State.FAILED, code, reason_of(code), tries=taken.tries)

    async def rebuild(self, document_id: str, version: str) -> bool:
        """Index a published version again; False when it no longer is the published one."""
        async with self._one_at_a_time(document_id):
            job = await self._registry.job(document_id, version)
            if job is None or not job.published:
                return False
            try:
                staged = await self._staged(job)
            except Held as held:
                await self._hold(job, held)
                return False
            await self._store.publish(job.version.authority, document_id, version)
            await self._registry.recount(document_id, version, staged.passages)
            return True

    async def _index(self, job: Job, run: Run) -> None:
        version = job.version
        try:
            staged = await self._staged(job, taking_in=True)
        except Held as held:
            log.info("document %s held: %s", version.id, held.code)
            await self._hold(job, held, tries=run.taken.tries)
            return
        except REFUSING as error:
            if error.code == FAILED:
                raise Internal(error.code, error.message) from error
            log.info("document %s set aside: %s", version.id, error.code)
            if error.code == INFECTED:
                await self._originals.forget(job.upload.object)
            await self._set_aside(job, state_after(error), error.code, error.message, tries=run.taken.tries)
            return
        run.stoppable = False
        if staged.extract.members and not staged.passages:
            if await self._registry.expand(staged.version, reading_of(staged.extract, staged.passages)):
                await self._store.retire(version.authority, version.id)
                log.info("document %s expanded: %d members", version.id, len(staged.extract.members))
            return
        if await self._scheduled(staged):
            return
        if not await self._published(job):
            return
        if not await self._registry.index(
            staged.version, reading_of(staged.extract, staged.passages), attempt=job.attempt
        ):
            await self._overtaken(job)
            return
        log.info("document %s indexed: %d passages", version.id, staged.passages)
        await self._tell(replace(job, state=State.INDEXED, passages=staged.passages))

    async def _scheduled(self, staged: Staged) -> bool:
        """Whether the version waits for the day it comes into force, because another one is searched until then."""
        version = staged.version
        if version.valid_from <= today().isoformat():
            return False
        begins = beginning(date.fromisoformat(version.valid_from))
        if not await self._registry.schedule(version, reading_of(staged.extract, staged.passages), begins):
            return False
        log.info("document %s waits until %s", version.id, version.valid_from)
        return True

    async def _hold(self, job: Job, held: Held, *, tries: int = 1) -> None:
        """Keep what was found for whoever decides; what searches saw of this very version, they see no more."""
        version = job.version
        await self._originals.keep_text(version.version, held.extract.text)
        reading = reading_of(held.extract)
        if await self._registry.hold(held.document, held.code, held.message, reading, tries=tries):
            if job.published:
                await self._store.retire(version.authority, version.id)
            await self._told(job)

    async def _set_aside(self, job: Job, state: State, code: str, reason: str, *, tries: int) -> None:
        version = job.version
        if await self._registry.set_aside(version.id, version.version, state, code, reason, tries=tries):
            await self._told(job)

    async def _told(self, job: Job) -> None:
        done = await self._registry.job(job.version.id, job.version.version)
        if done:
            await self._tell(done)

    async def _published(self, job: Job) -> bool:
        """Publish what was staged; False when the version was cancelled, retired or overtaken meanwhile."""
        version = job.version
        if not await self._wanted(job):
            return False
        try:
            await self._store.publish(version.authority, version.id, version.version)
        except NotFound as error:
            if not await self._wanted(job):
                return False
            raise Internal(error.code, error.message) from error
        return True

    async def _wanted(self, job: Job) -> bool:
        """Whether it still is the version to be indexed, and was not received again."""
        now = await self._registry.job(job.version.id, job.version.version)
        return now is not None and now.newest and now.state is State.RECEIVED and now.attempt == job.attempt

    async def _staged(self, job: Job, *, taking_in: bool = False) -> Staged:
        version = job.version
        try:
            async with self._originals.on_disk(job.upload.object) as desk:
                await self._scan.check(desk.original)
                original = Original(
                    path=desk.original,
                    filename=job.upload.filename,
                    media_type=version.media_type,
                    default_secrecy=job.upload.default_secrecy,
                    workspace=desk.workspace,
                    told=partial(tell, Stage.READING),
                )
                staged = await self._pipeline.run(version, original)
                if taking_in:
                    await self._members.take_in(job, staged.extract)
        except NotFound as error:
            raise Unprocessable("file.missing", "Originalet finns inte kvar. Ladda upp filen igen.") from error
        except REFUSING:
            raise
        except PlatformError as error:
            # Whatever else the index or the embedder answers, the document is not to blame.
            raise error if error.retryable else Internal(error.code, error.message) from error
        except Exception as error:
            log.exception("document %s broke the pipeline", version.id)
            raise Unprocessable(
                FAILED, "Dokumentet kunde inte behandlas. Felet finns i tjänstens logg. (Processing failed.)"
            ) from error
        if staged.extract.text:
            await self._originals.keep_text(version.version, staged.extract.text)
            await self._originals.keep_places(version.version, staged.extract.boxes)
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
                try:
                    await self._staged(newest)
                except Held as held:
                    await self._hold(newest, held)
                else:
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
