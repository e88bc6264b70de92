"""`/log/like-cases`: like questions that did not end alike, and the cases that are like one (RF 1 kap. 9 §)."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.gateway.asker import TheParts
from allmanning.gateway.language import marked, page_language, translate
from allmanning.gateway.pages.auditor.chart import chart
from allmanning.gateway.pages.auditor.filters import CHOICES, Filters, TheFilters
from allmanning.gateway.pages.auditor.reports import Report, asked, number_in, object_in, rows_of, text_in
from allmanning.gateway.pages.auditor.spreadsheet import csv_response
from allmanning.gateway.pages.auditor.words import OUTCOMES
from allmanning.gateway.pages.form_page import REFUSALS, form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.pdf.making import pdf_page
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/log/like-cases")

DIFFERENCES: Final = {
    "outcome": marked("Slutade olika"),
    "rule": marked("Olika regel"),
    "unit": marked("Olika enhet"),
    "language": marked("Olika språk"),
}
_SIDE: Final = ("time", "question", "outcome", "rule", "unit", "language", "decision")
Format = Annotated[Literal["html", "csv", "pdf"], Form()]
Reason = Annotated[str, Form(max_length=1000)]


@router.get("")
async def like_cases_page(request: Request, filters: TheFilters) -> Response:
    """What to compare, and why."""
    staff(request, Permission.INSPECT)
    return render(request, "auditor/like_cases.html", _values(filters, {}, ""))


@router.post("")
async def compare(
    request: Request,
    parts: TheParts,
    filters: TheFilters,
    reason: Reason = "",
    before: Annotated[int, Form(ge=0)] = 0,
    format: Format = "html",
) -> Response:
    """Pairs of like questions that ended differently. The questions are read for it, so the reason is recorded."""
    asker = staff(request, Permission.INSPECT)
    wanted = proto.CompareCases(selection=filters.selection, before=before)
    try:
        found = await asked(parts, asker, "compare", wanted, reason=reason)
    except REFUSALS as error:
        values = _values(filters, {}, reason)
        return form_page(request, "auditor/like_cases.html", values, error)
    if format == "csv":
        rows = [
            [pair.get("likeness"), *_cells(object_in(pair, "first")), *_cells(object_in(pair, "second"))]
            for pair in rows_of(found, "pairs")
        ]
        return csv_response("lika-fall", ["likhet", *_SIDE, *_SIDE], rows)
    values = _values(filters, found, reason)
    if format == "pdf":
        return await pdf_page(request, "auditor/like_cases.html", values, "lika-fall")
    return render(request, "auditor/like_cases.html", values)


@router.get("/{decision_id}")
async def like_one_page(decision_id: str, request: Request) -> Response:
    """Asks why; the questions are content."""
    staff(request, Permission.INSPECT)
    return render(request, "auditor/like_case.html", _one(request, decision_id, {}, ""))


@router.post("/{decision_id}")
async def like_one(
    decision_id: str,
    request: Request,
    parts: TheParts,
    reason: Reason = "",
    before: Annotated[int, Form(ge=0)] = 0,
    format: Format = "html",
) -> Response:
    """The cases that are like this one, and how they ended."""
    asker = staff(request, Permission.INSPECT)
    wanted = proto.CompareCases(decision_id=decision_id, before=before)
    try:
        found = await asked(parts, asker, "compare", wanted, reason=reason)
    except REFUSALS as error:
        values = _one(request, decision_id, {}, reason)
        return form_page(request, "auditor/like_case.html", values, error)
    if format == "csv":
        rows = [[pair.get("likeness"), *_cells(object_in(pair, "second"))] for pair in rows_of(found, "pairs")]
        return csv_response("liknande-fall", ["likhet", *_SIDE], rows)
    values = _one(request, decision_id, found, reason)
    if format == "pdf":
        return await pdf_page(request, "auditor/like_case.html", values, "liknande-fall")
    return render(request, "auditor/like_case.html", values)


def _cells(side: Report) -> list[str]:
    return [text_in(side, name) for name in _SIDE]


def _values(filters: Filters, found: Report, reason: str) -> dict[str, object]:
    return {
        "filters": filters,
        "choices": CHOICES,
        "found": found,
        "pairs": rows_of(found, "pairs"),
        "following": number_in(found, "next"),
        "reason": reason,
        "outcomes": OUTCOMES,
        "differences": DIFFERENCES,
    }


def _one(request: Request, decision_id: str, found: Report, reason: str) -> dict[str, object]:
    language = page_language(request.query_params, request.headers)
    pairs = rows_of(found, "pairs")
    own = object_in(found, "first")
    ended = Counter(text_in(object_in(pair, "second"), "outcome") for pair in pairs)
    words = [(OUTCOMES.get(name, name), number) for name, number in ended.most_common()]
    return {
        "decision_id": decision_id,
        "found": found,
        "own": own,
        "pairs": pairs,
        "ended": words,
        "alike": ended[text_in(own, "outcome")],
        "chart": chart([(translate(word, language), number) for word, number in words]),
        "following": number_in(found, "next"),
        "reason": reason,
        "outcomes": OUTCOMES,
        "differences": DIFFERENCES,
    }
