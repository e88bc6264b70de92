"""Wiring of the ingest service: `python -m allmanning.ingest`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from allmanning.contracts.ingest.v1.ingest_pb import (
    DrawPageRequest,
    GetRequest,
    ListRequest,
    RetireRequest,
    SubmitRequest,
)
from allmanning.index.connect import embedder_at, store_at
from allmanning.index.embed.protocol import Embedder
from allmanning.index.store.protocol import PassageStore
from allmanning.ingest.collections import CollectionHandlers
from allmanning.ingest.dispatcher import Dispatcher
from allmanning.ingest.handlers import Handlers
from allmanning.ingest.members import Members
from allmanning.ingest.originals import Originals
from allmanning.ingest.orphans import Orphans
from allmanning.ingest.page_pictures import PagePictures
from allmanning.ingest.pipeline import IngestPipeline
from allmanning.ingest.progress import Progresses
from allmanning.ingest.queue_handlers import QueueHandlers
from allmanning.ingest.read.ocr import ocr
from allmanning.ingest.reconcile import Reconciler
from allmanning.ingest.registry.collections import Collections
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.overview import Overview
from allmanning.ingest.registry.queue import Queue
from allmanning.ingest.registry.references import References
from allmanning.ingest.registry.registry import Registry
from allmanning.ingest.registry.reruns import Reruns
from allmanning.ingest.retirement import Retirement
from allmanning.ingest.sandbox.ending import Limits
from allmanning.ingest.sandbox.parse_pool import ParsePool, check_sandbox
from allmanning.ingest.settings import IngestSettings
from allmanning.ingest.sources.handlers import SourceHandlers
from allmanning.ingest.virus_scan import VirusScan
from allmanning.ingest.worker import Worker
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.endpoint import Endpoint
from allmanning.runtime.run import Service, run


@dataclass(frozen=True)
class Index:
    """Where passages go, and what embeds them; both opened."""

    store: PassageStore
    embedder: Embedder


@asynccontextmanager
async def opened_index(bus: Bus, settings: IngestSettings) -> AsyncIterator[Index]:
    """The index process, or Qdrant and text-embeddings-inference by URL."""
    async with (
        embedder_at(bus, settings.tei_url) as embedder,
        store_at(bus, settings.qdrant_url, settings.qdrant_api_key, embedder) as store,
    ):
        yield Index(store, embedder)


@asynccontextmanager
async def service(bus: Bus, settings: IngestSettings, index: Index) -> AsyncIterator[Service]:
    """The service on an opened index."""
    check_sandbox(required=settings.require_sandbox)
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url)
        registry, queue, reruns = Registry(database), Queue(database), Reruns(database)
        stack.push_async_callback(registry.close)
        await registry.warm_up()
        limits = Limits(
            wall_s=settings.parse_timeout_s,
            cpu_s=settings.parse_cpu_s,
            memory_mb=settings.parse_memory_mb,
            file_mb=settings.max_file_mb,
        )
        pool = ParsePool(settings.parse_workers, limits=limits, idle_s=settings.parse_idle_s)
        stack.push_async_callback(pool.close)
        collections = Collections(database)
        pipeline = IngestPipeline(pool, collections, index.embedder, index.store, settings.ingest_pipeline)
        stack.push_async_callback(pipeline.close)
        await pipeline.warm_up()
        originals = Originals(bus, settings.reading_folder)
        retirement = Retirement(registry, index.store, bus)
        members = Members(registry, originals, retirement, max_file_mb=settings.max_file_mb)
        progresses = Progresses(bus)
        worker = Worker(
            registry, originals, pipeline, members, progresses, index.store, bus, VirusScan(settings.clamav_url)
        )
        reconciler = Reconciler(
            registry,
            queue,
            reruns,
            index.store,
            worker,
            every_s=settings.reconcile_every_s,
            ocr_available=ocr.available,
        )
        orphans = Orphans(originals.objects, References(database), every_s=settings.orphans_every_s)
        handlers = Handlers(registry, originals, retirement, progresses, bus, max_file_mb=settings.max_file_mb)
        pictures = PagePictures(registry, originals, pool)
        sources = SourceHandlers(database, handlers, originals, settings)
        queue_handlers = QueueHandlers(registry, reruns, queue, Overview(database), progresses)
        yield Service(
            endpoints=[
                # Each may copy a whole container to the disk.
                Endpoint(subjects.INGEST_SUBMIT, SubmitRequest, handlers.submit, concurrency=4),
                Endpoint(subjects.INGEST_GET, GetRequest, handlers.get),
                Endpoint(subjects.INGEST_LIST, ListRequest, handlers.list),
                Endpoint(subjects.INGEST_RETIRE, RetireRequest, handlers.retire),
                Endpoint(subjects.INGEST_DRAW_PAGE, DrawPageRequest, pictures.draw),
                *queue_handlers.endpoints(),
                *CollectionHandlers(collections, reruns).endpoints(),
                *sources.endpoints(),
            ],
            consumers=[Dispatcher(queue, worker, at_once=settings.ingest_documents_at_once)],
            tasks=[reconciler.run, orphans.run, progresses.run, sources.runner.run],
        )


def main() -> None:
    settings = IngestSettings()

    @asynccontextmanager
    async def build(bus: Bus) -> AsyncIterator[Service]:
        async with opened_index(bus, settings) as index, service(bus, settings, index) as built:
            yield built

    run("ingest", settings, build)


if __name__ == "__main__":
    main()
