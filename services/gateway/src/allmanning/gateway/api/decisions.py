"""Read the decision log."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response
from typing_extensions import TypedDict

from allmanning.contracts.audit.v1.audit_pb import FindRequest, FindResponse, ProveRequest, ProveResponse
from allmanning.contracts.audit.v1.inspection_pb import ExplainDecision, ListReaders
from allmanning.gateway.api.media import REPORT
from allmanning.gateway.asker import Anybody, Keyed, TheParts, reader_authority
from allmanning.gateway.decisions import DecisionOut, Decisions, stated_reason
from allmanning.gateway.inspecting import MEASURED, Measured, report
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/decisions", tags=["decisions"])

Outcome = Literal["", "answered", "abstained", "review", "refused", "handed_over", "control"]


class DecisionRow(TypedDict):
    """A decision in a list; nothing in it is personal."""

    decision_id: str
    opened_at: str
    outcome: str
    rule: str
    channel: str
    index: int


class DecisionsOut(TypedDict):
    """A page of decisions, newest first. `next` goes in `before` for the next page."""

    decisions: list[DecisionRow]
    next: int | None
    total: int


def rows(found: FindResponse, limit: int) -> DecisionsOut:
    listed = [
        DecisionRow(
            decision_id=each.decision_id,
            opened_at=each.opened_at,
            outcome=each.outcome,
            rule=each.rule_id,
            channel=each.channel,
            index=each.index,
        )
        for each in found.decisions
    ]
    following = listed[-1]["index"] if len(listed) == limit and listed[-1]["index"] > 0 else None
    return DecisionsOut(decisions=listed, next=following, total=found.total)


@router.get("")
async def find(
    asker: Keyed,
    parts: TheParts,
    outcome: Outcome = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    before: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
    evaluations: Measured = "without",
) -> DecisionsOut:
    """The authority's decisions, without content. `evaluations`: those of questions asked to measure the answers."""
    asker.require(Permission.LOG_READ)
    request = FindRequest(
        authority=asker.principal.authority,
        outcome=outcome,
        limit=limit,
        before=before,
        evaluations=MEASURED[evaluations],
    )
    return rows(await parts.bus.call(subjects.AUDIT_FIND, request, FindResponse), limit)


@router.get("/{decision_id}")
async def one(
    decision_id: str,
    request: Request,
    asker: Anybody,
    parts: TheParts,
    reason: Annotated[str, Query(max_length=1000)] = "",
    allmanning_reason: Annotated[str | None, Header(max_length=1000)] = None,
) -> DecisionOut:
    """One decision: its skeleton for whoever knows its id; for an auditor who says why, its content too."""
    decisions = Decisions(parts, asker, reader_authority(request, asker))
    return await decisions.read(decision_id, stated_reason(allmanning_reason, reason))


@router.post("/{decision_id}/explanation", response_class=Response, responses=REPORT)
async def explanation(decision_id: str, request: Request, asker: Anybody, parts: TheParts) -> Response:
    """Why it went as it did, in plain Swedish (`sv`) and English (`en`), for the person concerned (GDPR 15.1 h)."""
    asked = ExplainDecision(decision_id=decision_id)
    return await report(parts, asker, "explain", asked, authority=reader_authority(request, asker))


@router.get("/{decision_id}/readers", response_class=Response, responses=REPORT)
async def readers(decision_id: str, request: Request, asker: Anybody, parts: TheParts) -> Response:
    """Vem har läst om mig? Each reading, newest first, by role and unit, for whoever holds the decision's number."""
    asked = ListReaders(decision_id=decision_id)
    return await report(parts, asker, "readers", asked, authority=reader_authority(request, asker))


@router.get("/{decision_id}/receipt", response_class=Response, responses=REPORT)
async def receipt(decision_id: str, request: Request, asker: Anybody, parts: TheParts) -> Response:
    """The proof that the decision is in the log, as JSON that `allmanning log verify` checks without us."""
    asked = ProveRequest(authority=reader_authority(request, asker), decision_id=decision_id)
    proved = await parts.bus.call(subjects.AUDIT_PROVE, asked, ProveResponse)
    # The id comes from the path: only what an id may hold goes into the header.
    name = "".join(each for each in decision_id if each.isascii() and (each.isalnum() or each == "-"))
    headers = {"Content-Disposition": f'attachment; filename="kvitto-{name}.json"'}
    return Response(proved.receipt, media_type="application/json", headers=headers)
