"""The store of the index process, over the bus."""

from __future__ import annotations

from collections.abc import Sequence

from allmanning.contracts.index.v1.index_pb import (
    DigestsRequest,
    DigestsResponse,
    IndexedPassage,
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
)
from allmanning.index.batches import batches
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus

# Room for the envelope within NATS' 1 MiB.
_MAX_BATCH_BYTES = 700_000
# A write waits for the disk, and perhaps behind other writes.
_WRITE_TIMEOUT_S = 60.0
_SEARCH_TIMEOUT_S = 10.0


class RemoteStore:
    """A `PassageStore` that asks the index process."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def warm_up(self) -> None:
        """The bus is connected already."""

    async def close(self) -> None:
        """The bus belongs to whoever opened it."""

    async def stage(self, passages: Sequence[IndexedPassage]) -> None:
        for batch in batches(passages, lambda passage: len(passage.to_binary()), _MAX_BATCH_BYTES):
            request = StageRequest(passages=list(batch))
            await self._bus.call(subjects.INDEX_STAGE, request, StageResponse, timeout_s=_WRITE_TIMEOUT_S)

    async def publish(self, authority: str, document_id: str, version: str) -> None:
        request = PublishRequest(authority=authority, document_id=document_id, version=version)
        await self._bus.call(subjects.INDEX_PUBLISH, request, PublishResponse, timeout_s=_WRITE_TIMEOUT_S)

    async def retire(self, authority: str, document_id: str) -> None:
        request = RetireRequest(authority=authority, document_id=document_id)
        await self._bus.call(subjects.INDEX_RETIRE, request, RetireResponse, timeout_s=_WRITE_TIMEOUT_S)

    async def stored(self, authority: str, document_id: str, first: int = 0) -> StoredResponse:
        request = StoredRequest(authority=authority, document_id=document_id, from_=first)
        return await self._bus.call(subjects.INDEX_STORED, request, StoredResponse, timeout_s=_WRITE_TIMEOUT_S)

    async def search(self, request: SearchRequest) -> SearchResponse:
        return await self._bus.call(subjects.INDEX_SEARCH, request, SearchResponse, timeout_s=_SEARCH_TIMEOUT_S)

    async def neighbours(self, request: NeighboursRequest) -> NeighboursResponse:
        return await self._bus.call(subjects.INDEX_NEIGHBOURS, request, NeighboursResponse, timeout_s=_SEARCH_TIMEOUT_S)

    async def digests(self, after: str = "") -> DigestsResponse:
        return await self._bus.call(
            subjects.INDEX_DIGESTS, DigestsRequest(after=after), DigestsResponse, timeout_s=_WRITE_TIMEOUT_S
        )

    async def switch(self) -> str:
        answer = await self._bus.call(
            subjects.INDEX_SWITCH, SwitchRequest(), SwitchResponse, timeout_s=_WRITE_TIMEOUT_S
        )
        return answer.index_version
