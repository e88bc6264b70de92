"""Loggkontroll: readings of the log, looked at regularly (SoLPuL 10 §)."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response
from pydantic import Field

from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.gateway.api.exact import Whole
from allmanning.gateway.api.media import REPORT
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.decisions import stated_reason
from allmanning.gateway.inspecting import Why, report
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/v1/audit/controls", tags=["audit"])


class Planning(Why):
    """How often readings are looked at."""

    every_days: Whole = Field(ge=1, le=366)


class Drawing(Why):
    """The period, and how many are drawn at random besides those that show a pattern."""

    opened_from: Text = Field(alias="from", min_length=1, max_length=40)
    opened_to: Text = Field(alias="to", min_length=1, max_length=40)
    size: Whole = Field(default=25, ge=0, le=500)


class Judging(Why):
    """Whether a reading was justified."""

    record_id: Text = Field(max_length=64)
    verdict: Literal["justified", "unjustified", "unclear"]


@router.get("", response_class=Response, responses=REPORT)
async def standing(asker: Keyed, parts: TheParts) -> Response:
    """The plan, the controls that were made, and whether the next one is overdue."""
    asker.require(Permission.INSPECT)
    return await report(parts, asker, "show_control", proto.ShowControl())


@router.put("/plan", response_class=Response, responses=REPORT)
async def plan(planning: Planning, asker: Keyed, parts: TheParts) -> Response:
    """Decide how often."""
    asker.require(Permission.INSPECT)
    asked = proto.PlanControls(every_days=planning.every_days)
    return await report(parts, asker, "plan_controls", asked, reason=planning.reason)


@router.post("", response_class=Response, responses=REPORT)
async def draw(drawing: Drawing, asker: Keyed, parts: TheParts) -> Response:
    """Draw readings of a period."""
    asker.require(Permission.INSPECT)
    asked = proto.DrawControl(from_=drawing.opened_from, to=drawing.opened_to, size=drawing.size)
    return await report(parts, asker, "draw_control", asked, reason=drawing.reason)


@router.get("/{control_id}", response_class=Response, responses=REPORT)
async def show(
    control_id: str,
    asker: Keyed,
    parts: TheParts,
    reason: Annotated[str, Query(max_length=1000)] = "",
    allmanning_reason: Annotated[str | None, Header(max_length=1000)] = None,
) -> Response:
    """One control with who read and why: needs a reason, and is itself recorded."""
    asker.require(Permission.INSPECT)
    asked = proto.ShowControl(control_id=control_id)
    return await report(parts, asker, "show_control", asked, reason=stated_reason(allmanning_reason, reason))


@router.post("/{control_id}/verdicts", response_class=Response, responses=REPORT)
async def judge(control_id: str, judging: Judging, asker: Keyed, parts: TheParts) -> Response:
    """Judge one reading; nobody judges their own."""
    asker.require(Permission.INSPECT)
    asked = proto.JudgeControl(control_id=control_id, record_id=judging.record_id, verdict=judging.verdict)
    return await report(parts, asker, "judge_control", asked, reason=judging.reason)
