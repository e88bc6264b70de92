"""The requests the index process answers."""

from __future__ import annotations

from collections.abc import Sequence

from allmanning.contracts.index.v1.index_pb import (
    DigestsRequest,
    DigestsResponse,
    EmbedRequest,
    EmbedResponse,
    NeighboursRequest,
    NeighboursResponse,
    PublishRequest,
    PublishResponse,
    RetireRequest,
    RetireResponse,
    SearchRequest,
    SearchResponse,
    StageRequest,
    StageResponse,
    StoredRequest,
    StoredResponse,
    SwitchRequest,
    SwitchResponse,
    TextKind,
)
from allmanning.index.embed.protocol import Embedder
from allmanning.index.previous_embedder import PreviousEmbedder
from allmanning.index.store.protocol import PassageStore
from allmanning.index.wire import passage_tokens, query_tokens, wire_embedded
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Answering, Endpoint
from allmanning.runtime.errors import InvalidInput

MAX_TEXTS = 64


class IndexHandlers:
    """Answers `index.v1.*` from one store and one embedder; `previous` embeds questions until it is retired."""

    def __init__(self, store: PassageStore, embedder: Embedder, previous: PreviousEmbedder | None = None) -> None:
        self._store = store
        self._embedder = embedder
        self._previous = previous

    def endpoints(self) -> Sequence[Answering]:
        return (
            Endpoint(subjects.INDEX_EMBED, EmbedRequest, self.embed, concurrency=64),
            Endpoint(subjects.INDEX_STAGE, StageRequest, self.stage),
            Endpoint(subjects.INDEX_PUBLISH, PublishRequest, self.publish),
            Endpoint(subjects.INDEX_RETIRE, RetireRequest, self.retire),
            # Each answer is nearly a megabyte.
            Endpoint(subjects.INDEX_STORED, StoredRequest, self.stored, concurrency=4),
            Endpoint(subjects.INDEX_SEARCH, SearchRequest, self.search, concurrency=64),
            Endpoint(subjects.INDEX_NEIGHBOURS, NeighboursRequest, self.neighbours),
            Endpoint(subjects.INDEX_DIGESTS, DigestsRequest, self.digests),
            Endpoint(subjects.INDEX_SWITCH, SwitchRequest, self.switch, concurrency=1),
        )

    async def embed(self, request: EmbedRequest) -> EmbedResponse:
        if len(request.texts) > MAX_TEXTS:
            raise InvalidInput("embed.too_many", f"Högst {MAX_TEXTS} texter åt gången.")
        embedder = self._embedder
        match request.kind:
            case TextKind.QUERY:
                if self._previous and not self._previous.retired:
                    embedder = self._previous
                embedded = await query_tokens(embedder, request.texts)
            case TextKind.PASSAGE:
                embedded = await passage_tokens(embedder, request.texts)
            case _:
                raise InvalidInput("embed.kind", "Ange om texterna är frågor eller passager.")
        vectors, tokens = wire_embedded(embedded)
        return EmbedResponse(vectors=vectors, dimension=embedder.dimension, model=embedder.model, tokens=tokens)

    async def stage(self, request: StageRequest) -> StageResponse:
        await self._store.stage(request.passages)
        return StageResponse()

    async def publish(self, request: PublishRequest) -> PublishResponse:
        await self._store.publish(request.authority, request.document_id, request.version)
        return PublishResponse()

    async def retire(self, request: RetireRequest) -> RetireResponse:
        await self._store.retire(request.authority, request.document_id)
        return RetireResponse()

    async def stored(self, request: StoredRequest) -> StoredResponse:
        return await self._store.stored(request.authority, request.document_id, request.from_)

    async def search(self, request: SearchRequest) -> SearchResponse:
        return await self._store.search(request)

    async def neighbours(self, request: NeighboursRequest) -> NeighboursResponse:
        return await self._store.neighbours(request)

    async def digests(self, request: DigestsRequest) -> DigestsResponse:
        return await self._store.digests(request.after)

    async def switch(self, _: SwitchRequest) -> SwitchResponse:
        return SwitchResponse(index_version=await self._store.switch())
