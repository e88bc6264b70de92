"""Find passages."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Passage, ScoredPassage
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest, SearchResponse
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.parts import Parts
from allmanning.gateway.shapes import Place, Source, place, source, view_of
from allmanning.runtime import subjects

router = APIRouter(tags=["search"])


class Filters(BaseModel):
    """What to search in; empty lists mean everything the asker may read. A filter we don't know is refused."""

    model_config = ConfigDict(extra="forbid")

    collections: list[Text] = Field(default_factory=list, max_length=100)
    documents: list[Text] = Field(default_factory=list, max_length=100)
    as_of: date | None = None


class Query(BaseModel):
    """A search in own words."""

    query: Text
    limit: Annotated[int, Field(ge=1, le=100)] = 10
    filters: Filters | None = None


class Hit(TypedDict):
    """A passage; `score` is 0..1 and comparable within one result only."""

    document: Source
    text: str
    location: Place
    score: float
    view: str


class Hits(TypedDict):
    """The best passages, best first, and how many there are."""

    passages: list[Hit]
    total: int


def hit(found: ScoredPassage) -> Hit:
    passage = found.passage or Passage()
    return Hit(
        document=source(passage.document or DocumentVersion()),
        text=passage.text,
        location=place(passage.location),
        score=found.score,
        view=view_of(passage),
    )


async def search(parts: Parts, principal: Principal, query: Query) -> SearchResponse:
    """Ask the retrieve service. Raises like `Bus.call`: `query.empty`, `query.too_long`."""
    filters = query.filters or Filters()
    request = SearchRequest(
        principal=principal,
        query=query.query,
        limit=query.limit,
        as_of=filters.as_of.isoformat() if filters.as_of else "",
        collections=filters.collections,
        documents=filters.documents,
    )
    return await parts.bus.call(subjects.RETRIEVE_SEARCH, request, SearchResponse)


@router.post("/v1/search")
async def find(query: Query, asker: Keyed, parts: TheParts) -> Hits:
    """The passages the asker may read that answer best."""
    found = await search(parts, asker.principal, query)
    return Hits(passages=[hit(each) for each in found.passages], total=found.total)
