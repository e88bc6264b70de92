"""The ingest service on a real broker, registry and store, with an embedder that only counts letters."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import numpy as np
from nats.errors import Error as NatsError

from allmanning.contracts.access.v1.access_pb import Principal, Secrecy
from allmanning.contracts.index.v1.index_pb import SearchRequest
from allmanning.contracts.ingest.v1.ingest_pb import (
    CancelRequest,
    CancelResponse,
    Document,
    GetRequest,
    GetResponse,
    QueueRequest,
    QueueResponse,
    RetireRequest,
    RetireResponse,
    RetryRequest,
    RetryResponse,
    SetQueueRequest,
    SetQueueResponse,
    State,
    SubmitRequest,
    SubmitResponse,
)
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Passage
from allmanning.index.embed.protocol import Vectors
from allmanning.index.encode import encode_question
from allmanning.index.store.protocol import PassageStore
from allmanning.ingest.__main__ import Index, service
from allmanning.ingest.settings import IngestSettings
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Unavailable
from allmanning.runtime.objects import Objects
from allmanning.runtime.run import serve

AUTHORITY = "uddby"


class LetterEmbedder:
    """Counts letters, and notes which passages it was given; `broken` makes it answer as an embedder that is away."""

    dimension = 32
    model = "letters"
    broken = False

    def __init__(self) -> None:
        self.given: list[str] = []

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        if self.broken:
            raise Unavailable("embedder.unavailable", "away")
        counts = np.array([[text.count(chr(97 + i)) + 0.01 for i in range(32)] for text in texts], np.float32)
        unit: Vectors = counts / np.linalg.norm(counts, axis=1, keepdims=True)
        return unit

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.given += texts
        return await self.embed_queries(texts)


@dataclass
class Ingest:
    """A running service and what a caller does with it."""

    # The operator's connection, which calls, and the service's own, with no more than its permissions.
    bus: Bus
    service_bus: Bus
    store: PassageStore
    embedder: LetterEmbedder
    settings: IngestSettings

    async def submit(self, filename: str, data: bytes, **fields: object) -> SubmitResponse:
        digest = hashlib.sha256(data).hexdigest()
        originals = Objects(self.bus, "originals")
        # Writing an object again takes its pieces away from who is reading them.
        if not await originals.exists(digest):
            await originals.put(digest, data)
        values: dict[str, object] = {
            "authority": AUTHORITY,
            "collection": "regler",
            "filename": filename,
            "object": digest,
            "size_bytes": len(data),
            "secrecy": "open",
        }
        request = SubmitRequest(**(values | fields))  # type: ignore[arg-type]
        return await self.bus.call(subjects.INGEST_SUBMIT, request, SubmitResponse, timeout_s=30)

    async def get(self, document_id: str, version: str = "", authority: str = AUTHORITY) -> Document:
        request = GetRequest(authority=authority, document_id=document_id, version=version)
        found = (await self.bus.call(subjects.INGEST_GET, request, GetResponse)).document
        assert found is not None
        return found

    async def done(self, submitted: SubmitResponse) -> Document:
        """The submitted version when it has been worked on."""
        assert submitted.document is not None
        assert submitted.document.version is not None
        version = submitted.document.version
        return await self.after(version, State.RECEIVED)

    async def after(self, version: DocumentVersion, *states: State) -> Document:
        """A version when it is in another state than these."""
        async with asyncio.timeout(60):
            while (found := await self.get(version.id, version.version)).state in states:
                await asyncio.sleep(0.05)
        return found

    async def text(self, version: str) -> str:
        """What was read of a version."""
        return (await Objects(self.bus, "originals").get(f"{version}.txt")).decode()

    async def ingest(self, filename: str, data: bytes, **fields: object) -> Document:
        return await self.done(await self.submit(filename, data, **fields))

    async def retire(self, document_id: str) -> None:
        request = RetireRequest(authority=AUTHORITY, document_id=document_id)
        await self.bus.call(subjects.INGEST_RETIRE, request, RetireResponse)

    async def found(self, question: str) -> list[str]:
        """Texts a citizen finds."""
        return [each.text for each in await self.passages(question)]

    async def passages(self, question: str) -> list[Passage]:
        """What a citizen finds."""
        dense, sparse = await encode_question(question, LetterEmbedder())
        principal = Principal(authority=AUTHORITY, channel="citizen", clearances=[Secrecy.OPEN])
        request = SearchRequest(principal=principal, dense=dense, sparse=sparse, limit=20, as_of="2026-11-22")
        answer = await self.store.search(request)
        return [each.passage for each in answer.passages if each.passage]

    async def pause(self, *, paused: bool, authority: str = AUTHORITY) -> None:
        request = SetQueueRequest(authority=authority, paused=paused)
        await self.bus.call(subjects.INGEST_SET_QUEUE, request, SetQueueResponse)

    async def queue(self, batch: str = "", authority: str = AUTHORITY) -> QueueResponse:
        return await self.bus.call(subjects.INGEST_QUEUE, QueueRequest(authority=authority, batch=batch), QueueResponse)

    async def retry(self, *states: State, document_id: str = "") -> int:
        request = RetryRequest(authority=AUTHORITY, document_id=document_id, states=list(states))
        return (await self.bus.call(subjects.INGEST_RETRY, request, RetryResponse)).documents

    async def cancel(self, *, document_id: str = "", batch: str = "") -> int:
        request = CancelRequest(authority=AUTHORITY, document_id=document_id, batch=batch)
        return (await self.bus.call(subjects.INGEST_CANCEL, request, CancelResponse)).documents

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The service, until the block ends."""
        stop = asyncio.Event()
        async with service(self.service_bus, self.settings, Index(self.store, self.embedder)) as built:
            task = asyncio.create_task(serve(self.service_bus, "ingest", built, stop, drain_timeout_s=2))
            async with asyncio.timeout(10):
                while not await self._answers():
                    if task.done():
                        task.result()
                    await asyncio.sleep(0.01)
            try:
                yield
            finally:
                stop.set()
                await task

    async def _answers(self) -> bool:
        try:
            await self.bus.nc.request("$SRV.PING.ingest", timeout=1)
        except NatsError:
            return False
        return True
