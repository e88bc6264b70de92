"""The requests the retrieve service answers."""

from __future__ import annotations

from collections.abc import Sequence

from allmanning.contracts.index.v1 import index_pb
from allmanning.contracts.passage.v1.passage_pb import Filter
from allmanning.contracts.retrieve.v1.retrieve_pb import (
    GetSynonymsRequest,
    GetSynonymsResponse,
    NeighboursRequest,
    NeighboursResponse,
    PutSynonymsRequest,
    PutSynonymsResponse,
    SearchRequest,
    SearchResponse,
    SimilarRequest,
    SimilarResponse,
)
from allmanning.index.store.protocol import PassageStore
from allmanning.retrieve.pipeline import Retrieval
from allmanning.retrieve.question import checked_day, checked_filter, checked_limit, checked_principal
from allmanning.retrieve.synonym_store import SynonymStore
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Answering, Endpoint
from allmanning.runtime.errors import InvalidInput, NotFound

MAX_EACH_SIDE = 10


class RetrieveHandlers:
    """Answers `retrieve.v1.*`.

    Who may change an authority's synonyms is for the caller to decide: the gateway, the only one allowed to ask.
    """

    def __init__(self, retrieval: Retrieval, store: PassageStore, synonyms: SynonymStore) -> None:
        self._retrieval = retrieval
        self._store = store
        self._synonyms = synonyms

    def endpoints(self) -> Sequence[Answering]:
        return (
            Endpoint(subjects.RETRIEVE_SEARCH, SearchRequest, self.search, concurrency=32),
            Endpoint(subjects.RETRIEVE_SIMILAR, SimilarRequest, self.similar),
            Endpoint(subjects.RETRIEVE_NEIGHBOURS, NeighboursRequest, self.neighbours),
            Endpoint(subjects.RETRIEVE_GET_SYNONYMS, GetSynonymsRequest, self.get_synonyms),
            Endpoint(subjects.RETRIEVE_PUT_SYNONYMS, PutSynonymsRequest, self.put_synonyms),
        )

    async def search(self, request: SearchRequest) -> SearchResponse:
        return await self._retrieval.search(request)

    async def similar(self, request: SimilarRequest) -> SimilarResponse:
        """Raises `NotFound`: `passage.not_found`, also for a passage that the asker may not read."""
        answer = await self._store.search(
            index_pb.SearchRequest(
                principal=checked_principal(request.principal),
                like=_named(request.passage_id),
                limit=checked_limit(request.limit),
                as_of=checked_day(request.as_of),
                filter=checked_filter(request.filter or Filter()),
            )
        )
        return SimilarResponse(passages=answer.passages)

    async def neighbours(self, request: NeighboursRequest) -> NeighboursResponse:
        """Raises `InvalidInput`: `each_side.out_of_range`; `NotFound` as `similar` does."""
        if request.each_side > MAX_EACH_SIDE:
            raise InvalidInput(
                "each_side.out_of_range",
                f"Högst {MAX_EACH_SIDE} stycken på var sida. (At most {MAX_EACH_SIDE} passages on each side.)",
            )
        answer = await self._store.neighbours(
            index_pb.NeighboursRequest(
                principal=checked_principal(request.principal),
                passage_id=_named(request.passage_id),
                as_of=checked_day(request.as_of),
                each_side=request.each_side or 1,
            )
        )
        return NeighboursResponse(passages=answer.passages)

    async def get_synonyms(self, request: GetSynonymsRequest) -> GetSynonymsResponse:
        return await self._synonyms.get(request.authority)

    async def put_synonyms(self, request: PutSynonymsRequest) -> PutSynonymsResponse:
        return PutSynonymsResponse(version=await self._synonyms.put(request.authority, request.synonyms))


def _named(passage_id: str) -> str:
    if not passage_id:
        raise NotFound("passage.not_found", "Det finns inget sådant stycke som du får läsa.")
    return passage_id
