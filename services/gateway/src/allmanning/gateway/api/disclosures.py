"""Utlämnande: masks with their provisions, two persons, and a proof. Who wants it is never asked (TF 2:18)."""

from __future__ import annotations

import json

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.gateway.api.exact import Whole, YesNo
from allmanning.gateway.api.media import REPORT
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.idempotency.route import IdempotentRoute
from allmanning.gateway.inspecting import Why, as_json, inspect, report
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/v1/disclosures", tags=["disclosures"], route_class=IdempotentRoute)


class Proposing(Why):
    """The decision that may be handed out, and why its content is opened (never who asks)."""

    decision_id: Text = Field(max_length=64)


class MaskIn(BaseModel):
    """Characters `start` to `end` (exclusive) of a text, and the provision for it, such as `OSL 21 kap. 7 §`."""

    record: Text = Field(max_length=64)
    part: Text = Field(max_length=64)
    start: Whole = Field(ge=0, le=2_000_000)
    end: Whole = Field(ge=1, le=2_000_000)
    provision: Text = Field(min_length=1, max_length=200)
    kind: Text = Field(default="", max_length=40)


class Preparing(Proposing):
    """What is masked."""

    masks: list[MaskIn] = Field(default=[], max_length=5_000)


class Settling(Why):
    """The second person's decision."""

    approve: YesNo


@router.post("/proposals", response_class=Response, responses=REPORT)
async def propose(proposing: Proposing, asker: Keyed, parts: TheParts) -> Response:
    """The decision's texts with the masks that the personal-data detector proposes."""
    asker.require(Permission.DISCLOSE)
    asked = proto.ProposeDisclosure(decision_id=proposing.decision_id)
    return await report(parts, asker, "propose_disclosure", asked, reason=proposing.reason)


@router.post("", response_class=Response, responses=REPORT)
async def prepare(preparing: Preparing, asker: Keyed, parts: TheParts) -> Response:
    """The first person's decision on what is masked."""
    asker.require(Permission.DISCLOSE)
    masks = [proto.DisclosureMask(**each.model_dump()) for each in preparing.masks]
    asked = proto.PrepareDisclosure(decision_id=preparing.decision_id, masks=masks)
    return await report(parts, asker, "prepare_disclosure", asked, reason=preparing.reason)


@router.post("/{disclosure_id}", response_class=Response, responses=REPORT)
async def settle(disclosure_id: str, settling: Settling, asker: Keyed, parts: TheParts) -> Response:
    """Approve or reject what somebody else has prepared."""
    asker.require(Permission.DISCLOSE)
    asked = proto.SettleDisclosure(disclosure_id=disclosure_id, approve=settling.approve)
    return await report(parts, asker, "settle_disclosure", asked, reason=settling.reason)


@router.post("/{disclosure_id}/release", response_class=Response, responses=REPORT)
async def release(disclosure_id: str, asker: Keyed, parts: TheParts) -> Response:
    """What is handed out: `page` to read (HTML), and `proof` that what is not masked is as in the log."""
    asker.require(Permission.DISCLOSE)
    asked = proto.ReleaseDisclosure(disclosure_id=disclosure_id)
    made = await inspect(parts, asker, "release_disclosure", asked)
    return as_json({"page": made.file.decode(), "proof": json.loads(made.report)})
