"""Find passages."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchResponse
from allmanning.gateway.api.hits import Hits, hits
from allmanning.gateway.api.query import Query
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.parts import Parts
from allmanning.runtime import subjects

router = APIRouter(tags=["search"])


async def search(parts: Parts, principal: Principal, query: Query) -> SearchResponse:
    """Ask the retrieve service. Raises like `Bus.call`: `query.empty`, `query.only_excluded`, `cursor.invalid`."""
    return await parts.bus.call(subjects.RETRIEVE_SEARCH, query.request(principal), SearchResponse)


@router.post("/v1/search")
async def find(query: Query, asker: Keyed, parts: TheParts) -> Hits:
    """A page of the passages that the asker may read and that answer the question."""
    return hits(await search(parts, asker.principal, query))
