"""`/decision/{id}`: "Hur vet ni det?", for whoever got the answer."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from allmanning.gateway.asker import TheParts, Visitor, reader_authority
from allmanning.gateway.decisions import Decisions
from allmanning.gateway.pages.citizen.course import course_of
from allmanning.gateway.pages.timeline import cited_documents, steps
from allmanning.gateway.reading import readable_documents
from allmanning.gateway.rendering import render

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
        "documents": await readable_documents(parts.bus, visitor.principal, authority, cited),
        "others": await readable_documents(parts.bus, visitor.principal, authority, others),
        "of_authority": authority,
    }
    return render(request, "citizen/decision.html", values)
