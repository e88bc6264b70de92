"""`/om`, `/tillganglighet`, `/integritet`: what the service is, and what it does with what is written."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from allmanning.contracts.audit.v1.erasure_pb import ListRetentionRequest, ListRetentionResponse
from allmanning.gateway.asker import TheParts, Visitor
from allmanning.gateway.parts import Parts
from allmanning.gateway.rendering import render
from allmanning.runtime import subjects
from allmanning.runtime.errors import PlatformError

router = APIRouter()


@dataclass(frozen=True)
class Kept:
    """What is kept, for how many days (0: for good), and the diary number of the decision."""

    purpose: str
    days: int
    decision: str


@router.get("/om")
async def about_page(request: Request, _visitor: Visitor) -> Response:
    """What it is, what it cannot do, and how to check a source (AI Act art. 50.1, 50.5)."""
    return render(request, "citizen/prose.html", {"name": "about"})


@router.get("/tillganglighet")
async def accessibility_page(request: Request, _visitor: Visitor) -> Response:
    """The accessibility statement (lag 2018:1937 om tillgänglighet till digital offentlig service, MDFFS 2019:2)."""
    return render(request, "citizen/prose.html", {"name": "accessibility"})


@router.get("/integritet")
async def privacy_page(request: Request, visitor: Visitor, parts: TheParts) -> Response:
    """What GDPR art. 13 wants told; how long things are kept as the authority has decided it."""
    kept = await _decided(parts, visitor.principal.authority)
    return render(request, "citizen/prose.html", {"name": "privacy", "kept": kept})


async def _decided(parts: Parts, authority: str) -> list[Kept]:
    """Nothing where nothing is decided, or the log does not answer: the page then says what is proposed."""
    try:
        request = ListRetentionRequest(authority=authority)
        known = await parts.bus.call(subjects.AUDIT_LIST_RETENTION, request, ListRetentionResponse)
    except PlatformError:
        return []
    return [
        Kept(each.meaning, each.keep_days if each.has_field("keep_days") else 0, each.decision_dnr)
        for each in known.classes
        if each.state == "decided"
    ]
