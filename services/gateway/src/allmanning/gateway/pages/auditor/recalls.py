"""`/log/recalls`: something that decisions rested on was wrong; each of them is looked at again."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.language import marked
from allmanning.gateway.pages.auditor.recalled import title_of
from allmanning.gateway.pages.auditor.reports import asked, counts_in, rows_of, text_in
from allmanning.gateway.pages.auditor.spreadsheet import csv_response
from allmanning.gateway.pages.auditor.words import OUTCOMES
from allmanning.gateway.pages.form_page import REFUSALS, Refused, form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.pdf.making import pdf_page
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.record import Json

router = APIRouter(prefix="/log/recalls")

_SHOWN: Final = 20
_ROWS: Final = 200
_CSV_ROWS: Final = 1_000
KINDS: Final = {
    "document": marked("Dokument"),
    "version": marked("Version av ett dokument (nummer@version)"),
    "passage": marked("Stycke"),
    "model": marked("Språkmodell"),
    "prompt": marked("Instruktion till modellen"),
    "rule": marked("Regel"),
    "rules": marked("Regeltabell"),
    "index": marked("Sökindex"),
}
STATES: Final = {
    "open": marked("Inte tittat på"),
    "looked_at": marked("Tittat på"),
    "corrected": marked("Rättat"),
    "no_effect": marked("Påverkades inte"),
}


@router.get("")
async def recalls_page(
    request: Request,
    parts: TheParts,
    kind: Annotated[str, Query(max_length=20)] = "",
    value: Annotated[str, Query(max_length=500)] = "",
    format: Literal["html", "csv"] = "html",
) -> Response:
    """The newest recalls, and a form to begin one."""
    asker = staff(request, Permission.INSPECT)
    if format == "csv":
        shown = await _newest(parts, asker)
        names = ("recall", "opened_at", "kind", "value", "closed")
        rows = [
            [each.get(name) for name in names] + [counts_in(each, "counts").get(state, 0) for state in STATES]
            for each in shown
        ]
        return csv_response("aterkallelser", [*names, *STATES], rows)
    return await _list(request, parts, asker, {"kind": kind, "value": value}, None)


@router.post("")
async def begin(
    request: Request,
    parts: TheParts,
    kind: Annotated[str, Form(max_length=20)] = "",
    value: Annotated[str, Form(max_length=500)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Begin a recall."""
    asker = staff(request, Permission.INSPECT)
    given = {"kind": kind, "value": value, "reason": reason}
    try:
        opened = await asked(parts, asker, "open_recall", proto.OpenRecall(kind=kind, value=value), reason=reason)
    except REFUSALS as error:
        return await _list(request, parts, asker, given, error)
    return RedirectResponse(f"/log/recalls/{text_in(opened, 'recall')}", status_code=303)


@router.get("/{recall_id}")
async def recall_page(
    recall_id: str,
    request: Request,
    parts: TheParts,
    state: Annotated[str, Query(pattern="^(|open|looked_at|corrected|no_effect)$")] = "",
    offset: Annotated[int, Query(ge=0)] = 0,
    format: Literal["html", "csv", "pdf"] = "html",
) -> Response:
    """One recall: how far it has come, and its decisions, those with the greatest effect first."""
    asker = staff(request, Permission.INSPECT)
    return await _one(request, parts, asker, recall_id, state, offset, format, None)


@router.post("/{recall_id}")
async def settle(
    recall_id: str,
    request: Request,
    parts: TheParts,
    decisions: Annotated[list[str], Form(max_length=_ROWS)] = [],  # noqa: B006 - FastAPI copies it
    state: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Say what came of looking at the chosen decisions; it is recorded with each."""
    asker = staff(request, Permission.INSPECT)
    try:
        for decision in decisions:
            wanted = proto.SettleRecall(recall_id=recall_id, decision_id=decision, state=state)
            await asked(parts, asker, "settle_recall", wanted, reason=reason)
    except REFUSALS as error:
        return await _one(request, parts, asker, recall_id, "", 0, "html", error)
    return RedirectResponse(f"/log/recalls/{recall_id}", status_code=303)


async def _list(
    request: Request,
    parts: Parts,
    asker: Asker,
    given: dict[str, str],
    error: Refused | None,
) -> Response:
    values = {"recalls": await _newest(parts, asker), "kinds": KINDS, "given": given}
    return form_page(request, "auditor/recalls.html", values, error)


async def _newest(parts: Parts, asker: Asker) -> list[dict[str, Json]]:
    tasks = rows_of(await asked(parts, asker, "tasks", proto.ListTasks(kind="recall", limit=_SHOWN)), "tasks")
    recalls = (proto.ShowRecall(recall_id=text_in(each, "task"), limit=1) for each in tasks)
    found = await asyncio.gather(*(asked(parts, asker, "show_recall", each) for each in recalls))
    return await asyncio.gather(*(_titled(parts, asker, each) for each in found))


async def _titled(parts: Parts, asker: Asker, recall: dict[str, Json]) -> dict[str, Json]:
    title = await title_of(parts, asker.principal, text_in(recall, "kind"), text_in(recall, "value"))
    return {**recall, "title": title}


async def _one(
    request: Request,
    parts: Parts,
    asker: Asker,
    recall_id: str,
    state: str,
    offset: int,
    format: str,
    error: Refused | None,
) -> Response:
    rows = _CSV_ROWS if format == "csv" else _ROWS
    wanted = proto.ShowRecall(recall_id=recall_id, states=[state] if state else [], limit=rows, offset=offset)
    found = await asked(parts, asker, "show_recall", wanted)
    decisions = rows_of(found, "decisions")
    if format == "csv":
        names = ("decision", "opened_at", "outcome", "cited", "state")
        return csv_response("aterkallelse", names, [[each.get(name) for name in names] for each in decisions])
    values = {
        "recall": await _titled(parts, asker, found),
        "counts": counts_in(found, "counts"),
        "decisions": decisions,
        "state": state,
        "offset": offset,
        "more": offset + _ROWS if len(decisions) == _ROWS else 0,
        "kinds": KINDS,
        "states": STATES,
        "outcomes": OUTCOMES,
    }
    if format == "pdf":
        return await pdf_page(request, "auditor/recall.html", values, "aterkallelse")
    return form_page(request, "auditor/recall.html", values, error)
