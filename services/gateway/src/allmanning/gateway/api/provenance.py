"""One decision as a provenance graph."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response

from allmanning.contracts.audit.v1.registers_pb import GetProvenanceRequest, GetProvenanceResponse
from allmanning.gateway.api.media import REPORT
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.decisions import Decisions, stated_reason
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/decisions", tags=["decisions"])


@router.get("/{decision_id}/prov", response_class=Response, responses=REPORT)
async def provenance(
    decision_id: str,
    asker: Keyed,
    parts: TheParts,
    reason: Annotated[str, Query(max_length=1000)] = "",
    allmanning_reason: Annotated[str | None, Header(max_length=1000)] = None,
) -> Response:
    """W3C PROV-JSON: what the answer came of, through which steps; with content only for who says why."""
    asker.require(Permission.LOG_READ)
    stated = stated_reason(allmanning_reason, reason).strip()
    authority = asker.principal.authority
    if stated:
        await Decisions(parts, asker, authority).note_access(decision_id, stated)
    request = GetProvenanceRequest(authority=authority, decision_id=decision_id, with_content=bool(stated))
    made = await parts.bus.call(subjects.AUDIT_GET_PROVENANCE, request, GetProvenanceResponse)
    return Response(made.document, media_type="application/json")
