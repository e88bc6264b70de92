"""What the ingest service answers about its queue."""

from __future__ import annotations

import time
from typing import Final

from allmanning.contracts.ingest.v1.ingest_pb import (
    CancelRequest,
    CancelResponse,
    QueueRequest,
    QueueResponse,
    RetryRequest,
    RetryResponse,
    SetQueueRequest,
    SetQueueResponse,
    State,
)
from allmanning.ingest.progress import Progresses
from allmanning.ingest.registry.overview import Overview, Standing
from allmanning.ingest.registry.queue import Queue
from allmanning.ingest.registry.registry import Registry
from allmanning.ingest.registry.reruns import Reruns
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Answering, Endpoint
from allmanning.runtime.errors import InvalidInput

# Counting 1,000,000 documents takes a second: those who ask at once share a count, and it rests five times as long.
_FRESH_S: Final = 0.3
_REST: Final = 5.0
AGAIN: Final = frozenset({State.REJECTED, State.HELD, State.NEEDS_OCR, State.FAILED, State.CANCELLED})


class QueueHandlers:
    """One method for each request."""

    def __init__(
        self, registry: Registry, reruns: Reruns, queue: Queue, overview: Overview, progresses: Progresses
    ) -> None:
        self._registry = registry
        self._reruns = reruns
        self._queue = queue
        self._overview = overview
        self._progresses = progresses
        self._counted: dict[tuple[str, str], tuple[float, Standing]] = {}

    def endpoints(self) -> list[Answering]:
        return [
            Endpoint(subjects.INGEST_RETRY, RetryRequest, self.retry),
            Endpoint(subjects.INGEST_CANCEL, CancelRequest, self.cancel),
            Endpoint(subjects.INGEST_QUEUE, QueueRequest, self.queue),
            Endpoint(subjects.INGEST_SET_QUEUE, SetQueueRequest, self.set_queue),
        ]

    async def retry(self, request: RetryRequest) -> RetryResponse:
        """Run documents again. May be repeated: what waits already is left alone.

        Raises:
            InvalidInput: `retry.state_invalid`, for a state in which nothing can be run again.
            NotFound: `document.not_found`.
        """
        states = set(request.states) or (AGAIN if request.document_id else {State.FAILED})
        if not states <= AGAIN:
            raise InvalidInput(
                "retry.state_invalid",
                "Bara dokument som är avvisade, hållna, avbrutna, misslyckade eller väntar på OCR kan köras om. "
                "(Documents in that state can't be run again.)",
            )
        return RetryResponse(
            documents=await self._reruns.retry(request.authority, states, document_id=request.document_id)
        )

    async def cancel(self, request: CancelRequest) -> CancelResponse:
        """Cancel what is not done yet. May be repeated.

        Raises:
            InvalidInput: `cancel.nothing_named`.
            NotFound: `document.not_found`.
        """
        if bool(request.document_id) == bool(request.batch):
            raise InvalidInput(
                "cancel.nothing_named", "Ange ett dokument eller en import att avbryta. (Name a document or a batch.)"
            )
        cancelled = await self._registry.cancel(request.authority, document_id=request.document_id, batch=request.batch)
        return CancelResponse(documents=cancelled)

    async def set_queue(self, request: SetQueueRequest) -> SetQueueResponse:
        """Pause an authority's queue, or let it go on; every process obeys with the next document it takes."""
        await self._queue.pause(request.authority, paused=request.paused)
        return SetQueueResponse()

    async def queue(self, request: QueueRequest) -> QueueResponse:
        """How far an authority's documents have come, or those of a batch."""
        standing = await self._standing(request.authority, request.batch)
        paused = await self._queue.paused(request.authority)
        working = await self._overview.working(request.authority, request.batch)
        return QueueResponse(
            paused=paused,
            counts=list(standing.counts),
            settled_per_minute=standing.settled_per_minute,
            seconds_left=0 if paused else standing.seconds_left,
            working=[await self._progresses.with_progress(each) for each in working],
        )

    async def _standing(self, authority: str, batch: str) -> Standing:
        until, known = self._counted.get((authority, batch), (0.0, Standing()))
        started = time.monotonic()
        if started <= until:
            return known
        known = await self._overview.standing(authority, batch)
        ended = time.monotonic()
        self._counted = {each: kept for each, kept in self._counted.items() if kept[0] > ended}
        self._counted[authority, batch] = (ended + max(_FRESH_S, _REST * (ended - started)), known)
        return known
