"""`/log/{id}`: one decision from top to bottom, what was known then, and the proof that nothing of it has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.contracts.audit.v1.log_pb import ListLogsRequest, ListLogsResponse
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.decisions import DecisionOut, Decisions
from allmanning.gateway.inspecting import inspect, sources_now
from allmanning.gateway.pages.auditor.reports import Report, asked, report_of, rows_of, text_in
from allmanning.gateway.pages.auditor.words import OUTCOMES, ROLES
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.pages.timeline import Step, cited_documents, steps
from allmanning.gateway.parts import Parts
from allmanning.gateway.pdf.making import pdf_page, pdf_response
from allmanning.gateway.reading import readable_documents
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.record import Json

router = APIRouter(prefix="/log")

# What came after a decision shows without its content too; the words are those of the audit service.
_AFTERWARDS: Final = {
    "corrected": "Beslutet är rättat.",
    "contested": "Beslutet är ifrågasatt.",
    "erased": "Uppgifter i beslutet är raderade.",
    "recall.settled": "Beslutet är bedömt i en återkallelse.",
}


@router.get("/{decision_id}")
async def decision_page(
    decision_id: str, request: Request, parts: TheParts, format: Literal["html", "pdf"] = "html"
) -> Response:
    """One decision, without content."""
    asker = staff(request, Permission.INSPECT)
    decision = await Decisions(parts, asker, asker.principal.authority).read(decision_id)
    return await _page(request, parts, asker, decision, {}, "", format)


@router.post("/{decision_id}")
async def open_content(
    decision_id: str,
    request: Request,
    parts: TheParts,
    reason: Annotated[str, Form(max_length=1000)] = "",
    format: Annotated[Literal["html", "pdf"], Form()] = "html",
) -> Response:
    """One decision as it was seen, after the reason is on record; also for each copy that is taken."""
    asker = staff(request, Permission.INSPECT)
    authority = asker.principal.authority
    seen = await inspect(parts, asker, "see", proto.SeeDecision(decision_id=decision_id), reason=reason)
    decision = await Decisions(parts, asker, authority).opened(decision_id)
    shown = await sources_now(parts, authority, report_of(seen.report))
    return await _page(request, parts, asker, decision, shown, reason, format)


@router.post("/{decision_id}/explanation")
async def explanation(
    decision_id: str, request: Request, parts: TheParts, format: Annotated[str, Form()] = "html"
) -> Response:
    """Why it went as it did, for the person concerned. That it was given is recorded, so it takes a form."""
    asker = staff(request, Permission.INSPECT)
    told = await asked(parts, asker, "explain", proto.ExplainDecision(decision_id=decision_id))
    if format == "txt":
        lines = [*_paragraphs(told, "sv"), "", *_paragraphs(told, "en")]
        headers = {"Content-Disposition": 'attachment; filename="forklaring.txt"'}
        return Response("\n\n".join(lines), media_type="text/plain; charset=utf-8", headers=headers)
    values = {"decision_id": decision_id, "swedish": _paragraphs(told, "sv"), "english": _paragraphs(told, "en")}
    if format == "pdf":
        return await pdf_page(request, "auditor/explanation.html", values, "forklaring")
    return render(request, "auditor/explanation.html", values)


@router.post("/{decision_id}/case-file")
async def case_file(
    decision_id: str,
    request: Request,
    parts: TheParts,
    reason: Annotated[str, Form(max_length=1000)] = "",
    case_number: Annotated[str, Form(max_length=100)] = "",
    format: Annotated[Literal["html", "pdf"], Form()] = "html",
) -> Response:
    """What was used, as one page for the case file (OSL 4 kap. 3 §)."""
    asker = staff(request, Permission.INSPECT)
    wanted = proto.FileDecision(decision_id=decision_id, case_number=case_number)
    made = await inspect(parts, asker, "file", wanted, reason=reason)
    if format == "pdf":
        return await pdf_response(request, made.file.decode(), "underlag")
    headers = {"Content-Disposition": 'attachment; filename="underlag.html"'}
    return Response(made.file, media_type="text/html; charset=utf-8", headers=headers)


def _paragraphs(told: Report, language: str) -> list[str]:
    value = told.get(language)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


async def _page(
    request: Request, parts: Parts, asker: Asker, decision: DecisionOut, seen: Report, reason: str, format: str
) -> Response:
    authority, decision_id = asker.principal.authority, decision["decision_id"]
    read, logs = await asyncio.gather(
        asked(parts, asker, "readers", proto.ListReaders(decision_id=decision_id)),
        _vkeys(parts, authority),
    )
    cited = cited_documents(decision["records"])
    titles = {
        each["id"]: each["title"] for each in await readable_documents(parts.bus, asker.principal, authority, cited)
    }
    told = steps(decision["records"])
    ended = [each for each in told if each.outcome] or told
    values = {
        "decision": decision,
        "reason": reason,
        "steps": told,
        "last": ended[-1].time,
        "outcome": ended[-1].outcome,
        "outcomes": OUTCOMES,
        "seen": seen,
        "known": known_then(seen, told),
        "since": [(text_in(each, "words"), text_in(each, "document")) for each in rows_of(seen, "since")]
        if seen
        else [(each, "") for each in _since(decision)],
        "readers": rows_of(read, "usages"),
        # One that is gone, or is not theirs to read, goes by its number.
        "documents": {document: titles.get(document, document) for document, _ in cited},
        "vkeys": logs,
        "receipt": f"/v1/decisions/{decision_id}/receipt",
        "official": asker.principal.role == Role.ADMIN,
        "role_words": ROLES,
    }
    if format == "pdf":
        return await pdf_page(request, "auditor/decision.html", values, f"beslut-{decision_id}")
    return render(request, "auditor/decision.html", values)


def known_then(seen: Report, told: Sequence[Step]) -> dict[str, dict[str, Json]]:
    """What was known at each step, by its record: the rule as it was worded, the passages, the model's instruction."""
    known: dict[str, dict[str, Json]] = {
        each.record: {"gate": None, "passages": None, "prompt": None, "pins": None} for each in told
    }
    evaluated = [each for each in told if each.kind == "gate.evaluated"]
    # The report has the evaluations in the order of the log, as the steps are.
    for gate, step in zip(rows_of(seen, "gates"), evaluated, strict=False):
        known[step.record]["gate"] = gate
    if searched := [each for each in told if each.kind == "retrieval.done"]:
        known[searched[-1].record]["passages"] = seen.get("passages")
    if drafted := [each for each in told if each.kind == "draft.generated"]:
        known[drafted[-1].record].update(prompt=seen.get("prompt"), pins=seen.get("pins"))
    return known


async def _vkeys(parts: Parts, authority: str) -> Sequence[str]:
    """The public keys of the authority's logs; none when they can't be read, and the browser then says so."""
    try:
        found = await parts.bus.call(subjects.AUDIT_LIST_LOGS, ListLogsRequest(authority=authority), ListLogsResponse)
    except PlatformError:
        return []
    return [key for log in found.logs for key in log.vkeys]


def _since(decision: DecisionOut) -> list[str]:
    kinds = [str(each["leaf"].get("type", "")).removeprefix("se.audit.") for each in decision["records"]]
    return [words for kind, words in _AFTERWARDS.items() if any(each.startswith(f"{kind}.v") for each in kinds)]
