"""Compares the registry, which is the truth, with its queue and the index, and mends what differs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass

from allmanning.contracts.ingest.v1.ingest_pb import State
from allmanning.index.store.protocol import PassageStore
from allmanning.ingest.registry.queue import Queue
from allmanning.ingest.registry.registry import Published, Registry
from allmanning.ingest.registry.reruns import Reruns
from allmanning.ingest.worker import Worker
from allmanning.runtime.errors import NotFound, PlatformError

# After a failed comparison, such as while the index is starting, and after one that mended something.
_AGAIN_AFTER_S = 5.0
# Lines in the log while an index is built.
_PROGRESS_LINES = 20

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mended:
    """How many documents differed in the index, and how many of them no longer do."""

    differed: int
    mended: int


class Reconciler:
    """A background task: at start, and every `every_s` seconds.

    An index that is being built beside the one that answers is built by this comparison, and takes its place when a
    comparison finds nothing that differs. A document that can't be rebuilt holds it back, since only the old index has
    it: it must be submitted again or retired.
    """

    def __init__(
        self,
        registry: Registry,
        queue: Queue,
        reruns: Reruns,
        store: PassageStore,
        worker: Worker,
        *,
        every_s: float,
        ocr_available: Callable[[], bool],
    ) -> None:
        """`ocr_available`: whether this machine can read pictures of text."""
        self._registry = registry
        self._queue = queue
        self._reruns = reruns
        self._store = store
        self._worker = worker
        self._every_s = every_s
        self._ocr_available = ocr_available

    async def run(self) -> None:
        """Reconcile until cancelled."""
        first = True
        while True:
            try:
                await self.queue_again(first=first)
                index = await self.mend_index()
                first = False
                wait_s = min(_AGAIN_AFTER_S, self._every_s) if index.mended else self._every_s
                if not index.differed:
                    await self._store.switch()
            except PlatformError as error:
                log.warning("reconciling failed: %s", error.code)
                wait_s = min(_AGAIN_AFTER_S, self._every_s)
            await asyncio.sleep(wait_s)

    async def queue_again(self, *, first: bool) -> None:
        """Queue what is in no queue: of older releases, and scans once there is something to read them with."""
        restored = await self._queue.restore()
        if restored:
            log.info("documents received and in no queue: %d, queued", restored)
        # Once a start: a scan that can't be read all the same must not be read again and again.
        if first and await asyncio.to_thread(self._ocr_available):
            scans = await self._reruns.retry("", [State.NEEDS_OCR])
            if scans:
                log.info("scans that can be read now: %d, queued", scans)

    async def mend_index(self) -> Mended:
        """Rebuild or retire what differs in the index."""
        before = await self._registry.published()
        indexed = await self._digests()
        # What was published meanwhile is not a difference.
        after = await self._registry.published()
        missing = [
            document_id
            for document_id, wanted in after.items()
            if before.get(document_id) == wanted and indexed.get(document_id) != wanted
        ]
        surplus = [
            (document_id, found.authority)
            for document_id, found in indexed.items()
            if document_id not in before and document_id not in after
        ]
        if missing or surplus:
            log.info("index differs: %d documents to rebuild, %d to remove", len(missing), len(surplus))
        removed = [await self._removed(document_id, authority) for document_id, authority in surplus]
        rebuilt = 0
        for number, document_id in enumerate(missing, 1):
            rebuilt += await self._rebuilt(document_id, after[document_id].version)
            if number % (len(missing) // _PROGRESS_LINES + 1) == 0 or number == len(missing):
                whole = len(after) - len(missing) + rebuilt
                log.info(
                    "index: %d of %d documents are there, %d could not be rebuilt", whole, len(after), number - rebuilt
                )
        return Mended(len(missing) + len(surplus), rebuilt + sum(removed))

    async def _removed(self, document_id: str, authority: str) -> bool:
        with contextlib.suppress(NotFound):
            newest = await self._registry.get(authority, document_id)
            if newest.state in {State.RECEIVED, State.INDEXED}:
                # It was published in the index before the registry noted it, and we looked in between.
                return False
        await self._store.retire(authority, document_id)
        return True

    async def _rebuilt(self, document_id: str, version: str) -> bool:
        try:
            return await self._worker.rebuild(document_id, version)
        except PlatformError as error:
            if error.retryable:
                raise
            log.error("document %s can't be rebuilt: %s", document_id, error.code)
            return False

    async def _digests(self) -> dict[str, Published]:
        found: dict[str, Published] = {}
        after = ""
        while True:
            page = await self._store.digests(after)
            for each in page.digests:
                found[each.document_id] = Published(each.authority, each.version, each.passages)
            after = page.next
            if not after:
                return found
