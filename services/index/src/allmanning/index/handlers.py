"""The requests the index process answers."""

from __future__ import annotations

from collections.abc import Sequence

from allmanning.contracts.index.v1.index_pb import (
    DigestsRequest,
    DigestsResponse,
    EmbedRequest,
    EmbedResponse,
    PublishRequest,
    PublishResponse,
    RetireRequest,
    RetireResponse,
    SearchRequest,
    SearchResponse,
    StageRequest,
    StageResponse,
    TextKind,
)
from allmanning.index.embed.protocol import Embedder
from allmanning.index.encode import wire_vectors
from allmanning.index.store.protocol import PassageStore
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Answering, Endpoint
from allmanning.runtime.errors import InvalidInput

# Vectors of 384 values: 400 kB, within one message.
MAX_TEXTS = 256


class IndexHandlers:
    """Answers `index.v1.*` from one store and one embedder."""

    def __init__(self, store: PassageStore, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder

    def endpoints(self) -> Sequence[Answering]:
        return (
            Endpoint(subjects.INDEX_EMBED, EmbedRequest, self.embed, concurrency=64),
            Endpoint(subjects.INDEX_STAGE, StageRequest, self.stage),
            Endpoint(subjects.INDEX_PUBLISH, PublishRequest, self.publish),
            Endpoint(subjects.INDEX_RETIRE, RetireRequest, self.retire),
            Endpoint(subjects.INDEX_SEARCH, SearchRequest, self.search, concurrency=64),
            Endpoint(subjects.INDEX_DIGESTS, DigestsRequest, self.digests),
        )

    async def embed(self, request: EmbedRequest) -> EmbedResponse:
        if len(request.texts) > MAX_TEXTS:
            raise InvalidInput("embed.too_many", f"Högst {MAX_TEXTS} texter åt gången.")
        match request.kind:
            case TextKind.QUERY:
                vectors = await self._embedder.embed_queries(request.texts)
            case TextKind.PASSAGE:
                vectors = await self._embedder.embed_passages(request.texts)
            case _:
                raise InvalidInput("embed.kind", "Ange om texterna är frågor eller passager.")
        return EmbedResponse(
            vectors=wire_vectors(vectors), dimension=self._embedder.dimension, model=self._embedder.model
        )

    async def stage(self, request: StageRequest) -> StageResponse:
        await self._store.stage(request.passages)
        return StageResponse()

    async def publish(self, request: PublishRequest) -> PublishResponse:
        await self._store.publish(request.authority, request.document_id, request.version)
        return PublishResponse()

    async def retire(self, request: RetireRequest) -> RetireResponse:
        await self._store.retire(request.authority, request.document_id)
        return RetireResponse()

    async def search(self, request: SearchRequest) -> SearchResponse:
        return await self._store.search(request)

    async def digests(self, request: DigestsRequest) -> DigestsResponse:
        return await self._store.digests(request.after)
