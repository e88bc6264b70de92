"""One passage: what stands around it, and what says something like it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from typing_extensions import TypedDict

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.passage.v1.passage_pb import Passage, ScoredPassage
from allmanning.contracts.retrieve.v1.retrieve_pb import (
    NeighboursRequest,
    NeighboursResponse,
    SimilarRequest,
    SimilarResponse,
)
from allmanning.gateway.api.hits import Hit, PassageOut, hit, passage
from allmanning.gateway.api.query import Day, iso
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.parts import Parts
from allmanning.runtime import subjects
from allmanning.runtime.errors import NotFound

router = APIRouter(prefix="/v1/passages", tags=["search"])


class NeighboursOut(TypedDict):
    """The passage with those around it, in the order of the document."""

    passages: list[PassageOut]


class SimilarOut(TypedDict):
    """Passages from other places, the most alike first."""

    passages: list[Hit]


async def neighbours(
    parts: Parts, principal: Principal, passage_id: str, each_side: int, as_of: str = ""
) -> list[Passage]:
    """The passage and up to `each_side` (1..10) before and after it.

    Raises:
        NotFound: `passage.not_found`, and otherwise what `Bus.call` raises.
    """
    request = NeighboursRequest(principal=principal, passage_id=passage_id, as_of=as_of, each_side=each_side)
    try:
        found = await parts.bus.call(subjects.RETRIEVE_NEIGHBOURS, request, NeighboursResponse)
    except NotFound as error:
        raise _not_found() from error
    return list(found.passages)


async def similar(
    parts: Parts, principal: Principal, passage_id: str, limit: int, as_of: str = ""
) -> list[ScoredPassage]:
    """Up to `limit` passages like this one. Raises like `neighbours`."""
    request = SimilarRequest(principal=principal, passage_id=passage_id, limit=limit, as_of=as_of)
    try:
        found = await parts.bus.call(subjects.RETRIEVE_SIMILAR, request, SimilarResponse)
    except NotFound as error:
        raise _not_found() from error
    return list(found.passages)


def _not_found() -> NotFound:
    """The same for what does not exist and what the asker may not know of."""
    return NotFound("passage.not_found", "Det finns inget sådant stycke som du får läsa.")


@router.get("/{passage_id}/neighbours")
async def passage_neighbours(
    passage_id: str, asker: Keyed, parts: TheParts, each_side: Annotated[int, Query(ge=1, le=10)] = 1, as_of: Day = None
) -> NeighboursOut:
    """The passage with those that stand before and after it."""
    found = await neighbours(parts, asker.principal, passage_id, each_side, iso(as_of))
    return NeighboursOut(passages=[passage(each) for each in found])


@router.get("/{passage_id}/similar")
async def passage_similar(
    passage_id: str, asker: Keyed, parts: TheParts, limit: Annotated[int, Query(ge=1, le=100)] = 5, as_of: Day = None
) -> SimilarOut:
    """Passages that say something like this one."""
    found = await similar(parts, asker.principal, passage_id, limit, iso(as_of))
    return SimilarOut(passages=[hit(each) for each in found])
