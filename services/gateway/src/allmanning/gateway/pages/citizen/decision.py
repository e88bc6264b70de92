"""`/decision/{id}`: "Hur vet ni det?", for whoever got the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.gateway.asker import TheParts, Visitor, reader_authority
from allmanning.gateway.decisions import Decisions
from allmanning.gateway.pages.citizen.course import course_of
from allmanning.gateway.pages.timeline import cited_documents, steps
from allmanning.gateway.parts import Parts
from allmanning.gateway.reading import document_for
from allmanning.gateway.rendering import render
from allmanning.gateway.shapes import DocumentOut, document
from allmanning.runtime.errors import PlatformError

router = APIRouter()

_MOST_DOCUMENTS: Final = 20


@router.get("/decision/{decision_id}")
async def decision_page(decision_id: str, request: Request, visitor: Visitor, parts: TheParts) -> Response:
    """What happened with a question, step by step and without its words, and how to check it oneself."""
    authority = reader_authority(request, visitor)
    decision = await Decisions(parts, visitor, authority).read(decision_id)
    cited = cited_documents(decision["records"])[:_MOST_DOCUMENTS]
    course = course_of(decision["records"])
    others = [each for each in course.searched if each not in cited][:_MOST_DOCUMENTS]
    values = {
        "decision": decision,
        "steps": steps(decision["records"]),
        "course": course,
        "documents": await _readable(parts, visitor.principal, authority, cited),
        "others": await _readable(parts, visitor.principal, authority, others),
        "of_authority": authority,
    }
    return render(request, "citizen/decision.html", values)


async def _readable(
    parts: Parts, principal: Principal, authority: str, cited: Sequence[tuple[str, str]]
) -> list[DocumentOut]:
    """Those of the documents that the reader may read now; the page is whole without the others."""
    looked_up = await asyncio.gather(
        *(document_for(parts.bus, principal, authority, document_id, version) for document_id, version in cited),
        return_exceptions=True,
    )
    found: list[DocumentOut] = []
    for each in looked_up:
        if isinstance(each, PlatformError):
            continue
        if isinstance(each, BaseException):
            raise each
        found.append(document(each[0]))
    return found
