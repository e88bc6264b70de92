"""The requests the retrieve service answers."""

from __future__ import annotations

from collections.abc import Sequence

from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest, SearchResponse
from allmanning.retrieve.pipeline import Retrieval
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Answering, Endpoint


class RetrieveHandlers:
    """Answers `retrieve.v1.*`."""

    def __init__(self, retrieval: Retrieval) -> None:
        self._retrieval = retrieval

    def endpoints(self) -> Sequence[Answering]:
        return (Endpoint(subjects.RETRIEVE_SEARCH, SearchRequest, self.search, concurrency=32),)

    async def search(self, request: SearchRequest) -> SearchResponse:
        return await self._retrieval.search(request)
