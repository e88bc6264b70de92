"""`/log/disclosures`: utlämnande. Masks with their provisions, another person's decision, and a page with its proof.

Nothing asks who wants the document or why (TF 2 kap. 18 §); the reason is the official's own, for opening the content.
"""

from __future__ import annotations

import json
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.inspecting import inspect
from allmanning.gateway.language import marked
from allmanning.gateway.pages.auditor.masking import chosen_masks, proposals
from allmanning.gateway.pages.auditor.reports import Report, asked, rows_of, text_in
from allmanning.gateway.pages.auditor.spreadsheet import csv_response, tasks_as_rows
from allmanning.gateway.pages.form_page import REFUSALS, Refused, form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.pdf.making import pdf_response
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.record import canonical

router = APIRouter(prefix="/log/disclosures")

_SHOWN: Final = 50
STATES: Final = {
    "prepared": marked("Väntar på en andra person"),
    "approved": marked("Godkänt, kan lämnas ut"),
    "rejected": marked("Avslaget"),
}


@router.get("")
async def disclosures_page(request: Request, parts: TheParts, format: Literal["html", "csv"] = "html") -> Response:
    """What has been prepared, newest first."""
    asker = staff(request, Permission.INSPECT)
    tasks = await asked(parts, asker, "tasks", proto.ListTasks(kind="disclosure", limit=_SHOWN))
    if format == "csv":
        return csv_response("utlamnanden", *tasks_as_rows(tasks))
    values = {"tasks": rows_of(tasks, "tasks"), "may": asker.may(Permission.DISCLOSE)}
    return render(request, "auditor/disclosures.html", values)


@router.get("/of/{decision_id}")
async def why_page(decision_id: str, request: Request) -> Response:
    """Asks why the content is opened."""
    staff(request, Permission.DISCLOSE)
    return _preparing(request, decision_id, {}, "", None)


@router.post("/of/{decision_id}")
async def propose(
    decision_id: str, request: Request, parts: TheParts, reason: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """The texts, with the masks that the detector proposes."""
    asker = staff(request, Permission.DISCLOSE)
    wanted = proto.ProposeDisclosure(decision_id=decision_id)
    try:
        proposed = await asked(parts, asker, "propose_disclosure", wanted, reason=reason)
    except REFUSALS as error:
        return _preparing(request, decision_id, {}, reason, error)
    return _preparing(request, decision_id, proposed, reason, None)


@router.post("/of/{decision_id}/masks")
async def prepare(
    decision_id: str, request: Request, parts: TheParts, reason: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """The first person's decision: what is masked, and by which provision."""
    asker = staff(request, Permission.DISCLOSE)
    given = [(name, value) for name, value in (await request.form()).multi_items() if isinstance(value, str)]
    proposed = await asked(
        parts, asker, "propose_disclosure", proto.ProposeDisclosure(decision_id=decision_id), reason=reason
    )
    try:
        masks = chosen_masks(proposed, given)
        wanted = proto.PrepareDisclosure(decision_id=decision_id, masks=masks)
        prepared = await asked(parts, asker, "prepare_disclosure", wanted, reason=reason)
    except REFUSALS as error:
        return _preparing(request, decision_id, proposed, reason, error)
    return RedirectResponse(f"/log/disclosures/{text_in(prepared, 'disclosure')}", status_code=303)


@router.get("/{disclosure_id}")
async def disclosure_page(disclosure_id: str, request: Request) -> Response:
    """Asks why the content is opened; then it is shown masked."""
    staff(request, Permission.DISCLOSE)
    return _deciding(request, disclosure_id, {}, None)


@router.post("/{disclosure_id}")
async def show(
    disclosure_id: str,
    request: Request,
    parts: TheParts,
    reason: Annotated[str, Form(max_length=1000)] = "",
    decision: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """What would be handed out; with `decision` yes or no, it is settled first."""
    asker = staff(request, Permission.DISCLOSE)
    refused: Refused | None = None
    if decision:
        require_fresh(request, asker)
        wanted = proto.SettleDisclosure(disclosure_id=disclosure_id, approve=decision == "yes")
        try:
            await asked(parts, asker, "settle_disclosure", wanted, reason=reason)
        except REFUSALS as error:
            refused = error
    return await _shown(request, parts, asker, disclosure_id, reason, refused)


@router.post("/{disclosure_id}/release")
async def release(
    disclosure_id: str, request: Request, parts: TheParts, format: Annotated[str, Form()] = "html"
) -> Response:
    """What is handed out: the page, or the proof that what is not masked is as in the log."""
    asker = staff(request, Permission.DISCLOSE)
    require_fresh(request, asker)
    made = await inspect(parts, asker, "release_disclosure", proto.ReleaseDisclosure(disclosure_id=disclosure_id))
    if format == "json":
        headers = {"Content-Disposition": 'attachment; filename="bevis.json"'}
        return Response(canonical(json.loads(made.report)), media_type="application/json", headers=headers)
    if format == "pdf":
        return await pdf_response(request, made.file.decode(), "utlamnande")
    headers = {"Content-Disposition": 'attachment; filename="utlamnande.html"'}
    return Response(made.file, media_type="text/html; charset=utf-8", headers=headers)


async def _shown(
    request: Request, parts: Parts, asker: Asker, disclosure_id: str, reason: str, refused: Refused | None
) -> Response:
    wanted = proto.ShowDisclosure(disclosure_id=disclosure_id)
    try:
        shown = await asked(parts, asker, "show_disclosure", wanted, reason=reason)
    except REFUSALS as error:
        return _deciding(request, disclosure_id, {}, error)
    return _deciding(request, disclosure_id, shown, refused)


def _preparing(request: Request, decision_id: str, proposed: Report, reason: str, error: Refused | None) -> Response:
    values = {"decision_id": decision_id, "texts": proposals(proposed), "reason": reason}
    return form_page(request, "auditor/masks.html", values, error)


def _deciding(request: Request, disclosure_id: str, shown: Report, error: Refused | None) -> Response:
    values = {
        "disclosure_id": disclosure_id,
        "shown": shown,
        "texts": rows_of(shown, "texts"),
        "masks": rows_of(shown, "masks"),
        "state": text_in(shown, "state"),
        "states": STATES,
    }
    return form_page(request, "auditor/disclosure.html", values, error)
