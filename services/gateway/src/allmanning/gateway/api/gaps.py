"""What people ask and the documents do not answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response
from typing_extensions import TypedDict

from allmanning.contracts.audit.v1.inspection_pb import ListGaps
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.decisions import stated_reason
from allmanning.gateway.inspecting import report

router = APIRouter(prefix="/v1/gaps", tags=["audit"])


class GapQuestionOut(TypedDict):
    """One wording, and the decision it came with."""

    decision: str
    question: str


class GapOut(TypedDict):
    """Questions that mean the same: how many came, how many askers said that something is missing or wrong, the days of
    the first and the latest, and `why` counts reasons (`not_in_sources`, `missing`, `wrong` …).
    """

    asked: int
    reported: int
    first: str
    latest: str
    why: dict[str, int]
    questions: list[GapQuestionOut]


class GapsOut(TypedDict):
    """The most asked first; `found` groups of `questions` since a day. `by`: embedding, or trigrams without it."""

    since: str
    questions: int
    found: int
    by: str
    gaps: list[GapOut]


@router.get("", response_model=GapsOut)
async def gaps(
    asker: Keyed,
    parts: TheParts,
    days: Annotated[int, Query(ge=1, le=400)] = 30,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    reason: Annotated[str, Query(max_length=2_000)] = "",
    allmanning_reason: Annotated[str | None, Header()] = None,
) -> Response:
    """Questions without an answer that helped, grouped by likeness, for those who write the documents.

    Questions are content: say why (`reason`, or the header `Allmanning-Reason`). Each one shown leaves a record.
    """
    return await report(
        parts, asker, "gaps", ListGaps(days=days, limit=limit), reason=stated_reason(allmanning_reason, reason)
    )
