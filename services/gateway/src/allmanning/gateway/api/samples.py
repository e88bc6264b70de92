"""Samples that anybody can draw again, judged by two persons."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.gateway.api.exact import Whole
from allmanning.gateway.api.media import REPORT
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.idempotency.route import IdempotentRoute
from allmanning.gateway.inspecting import SelectionIn, Why, report
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/v1/audit/samples", tags=["audit"], route_class=IdempotentRoute)


class Framing(SelectionIn, Why):
    """What may be drawn; with `stratify_by`, from each group in proportion."""

    stratify_by: Literal["", "unit", "use_case", "outcome", "channel", "language", "role", "appeal_route"] = ""


class Drawing(BaseModel):
    """How many are drawn."""

    size: Whole = Field(ge=1, le=5_000)


class Judging(Why):
    """A verdict on one drawn decision; the reason is its workpaper."""

    decision_id: Text = Field(max_length=64)
    verdict: Literal["right", "wrong", "unclear"]


@router.post("", response_class=Response, responses=REPORT)
async def frame(framing: Framing, asker: Keyed, parts: TheParts) -> Response:
    """Fix the frame: its hash is recorded before there is a seed."""
    asker.require(Permission.INSPECT)
    asked = proto.FrameSample(selection=framing.message(), stratify_by=framing.stratify_by)
    return await report(parts, asker, "frame_sample", asked, reason=framing.reason)


@router.post("/{sample_id}/draw", response_class=Response, responses=REPORT)
async def draw(sample_id: str, drawing: Drawing, asker: Keyed, parts: TheParts) -> Response:
    """Draw, once, with a checkpoint later than the frame as the seed."""
    asker.require(Permission.INSPECT)
    return await report(parts, asker, "draw_sample", proto.DrawSample(sample_id=sample_id, size=drawing.size))


@router.post("/{sample_id}/verdicts", response_class=Response, responses=REPORT)
async def judge(sample_id: str, judging: Judging, asker: Keyed, parts: TheParts) -> Response:
    """Judge one decision; two persons judge each."""
    asker.require(Permission.INSPECT)
    asked = proto.JudgeSample(sample_id=sample_id, decision_id=judging.decision_id, verdict=judging.verdict)
    return await report(parts, asker, "judge_sample", asked, reason=judging.reason)


@router.get("/{sample_id}", response_class=Response, responses=REPORT)
async def show(sample_id: str, asker: Keyed, parts: TheParts) -> Response:
    """Frame, seed, draw, verdicts, and the error rate with its exact interval."""
    asker.require(Permission.INSPECT)
    return await report(parts, asker, "show_sample", proto.ShowSample(sample_id=sample_id))
