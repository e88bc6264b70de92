"""Recalls: what decisions rested on was wrong, so each of them is looked at again."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.gateway.api.media import REPORT
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.idempotency.route import IdempotentRoute
from allmanning.gateway.inspecting import Why, report
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/v1/audit/recalls", tags=["audit"], route_class=IdempotentRoute)

State = Literal["open", "looked_at", "corrected", "no_effect"]


class Opening(Why):
    """What was wrong. A version is `document@version`; model, prompt, rules and index as the log names them."""

    kind: Literal["document", "version", "passage", "model", "prompt", "rule", "rules", "index"]
    value: Text = Field(min_length=1, max_length=500)


class Settling(Why):
    """What came of looking at one decision."""

    decision_id: Text = Field(max_length=64)
    state: Literal["looked_at", "corrected", "no_effect"]


@router.post("", response_class=Response, responses=REPORT)
async def begin(opening: Opening, asker: Keyed, parts: TheParts) -> Response:
    """Begin a recall; the answer lists the decisions, those with the greatest effect first."""
    asker.require(Permission.INSPECT)
    asked = proto.OpenRecall(kind=opening.kind, value=opening.value)
    return await report(parts, asker, "open_recall", asked, reason=opening.reason)


@router.get("/{recall_id}", response_class=Response, responses=REPORT)
async def show(
    recall_id: str,
    asker: Keyed,
    parts: TheParts,
    state: Annotated[list[State] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
) -> Response:
    """How many decisions are in each state, and a page of them."""
    asker.require(Permission.RECALL_FOLLOW)
    asked = proto.ShowRecall(recall_id=recall_id, states=[*(state or [])], limit=limit, offset=offset)
    return await report(parts, asker, "show_recall", asked)


@router.post("/{recall_id}/decisions", response_class=Response, responses=REPORT)
async def settle(recall_id: str, settling: Settling, asker: Keyed, parts: TheParts) -> Response:
    """Say what came of one decision; it is recorded with the decision."""
    asker.require(Permission.RECALL_FOLLOW)
    asked = proto.SettleRecall(recall_id=recall_id, decision_id=settling.decision_id, state=settling.state)
    return await report(parts, asker, "settle_recall", asked, reason=settling.reason)
