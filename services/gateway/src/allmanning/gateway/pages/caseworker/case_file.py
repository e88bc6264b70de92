"""`/case-file/{decision}`: tillför akten. What was used, with its sources and its proof, as a case system takes it.

OSL 4 kap. 3 §: what is used in a case is added to it in readable form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from allmanning.contracts.audit.v1.inspection_pb import FileDecision
from allmanning.gateway.asker import TheParts
from allmanning.gateway.inspecting import inspect
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.pdf.making import pdf_response
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import InvalidInput

router = APIRouter(prefix="/case-file")

Format = Literal["pdf", "html", "text", "json"]
# Media type, name of the file, and whether the browser shows it, for printing.
_FORMS: Final[Mapping[str, tuple[str, str, bool]]] = {
    "html": ("text/html; charset=utf-8", "underlag.html", True),
    "text": ("text/plain; charset=utf-8", "underlag.txt", False),
    "json": ("application/json", "underlag.json", False),
}
# The file quotes documents from outside: nothing in it may act as ours.
_POLICY: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


@router.get("/{decision_id}")
async def case_file_page(request: Request, decision_id: str) -> Response:
    """The form: for which case, why, and in which form."""
    staff(request, Permission.CASE_FILE)
    return _page(request, decision_id, "", "", "pdf")


@router.post("/{decision_id}")
async def make_case_file(
    request: Request,
    decision_id: str,
    parts: TheParts,
    case_number: Annotated[str, Form(max_length=100)] = "",
    reason: Annotated[str, Form(max_length=2_000)] = "",
    form: Annotated[Format, Form()] = "html",
) -> Response:
    """The file. That it was made, by whom and for which case, is recorded with its hash first."""
    asker = staff(request, Permission.CASE_FILE)
    # The log has the hash of the page: a PDF is another way to look at the same.
    kept = "html" if form == "pdf" else form
    asked = FileDecision(decision_id=decision_id, case_number=case_number.strip(), format=kept)
    try:
        made = await inspect(parts, asker, "file", asked, reason=reason)
    except InvalidInput as error:
        return _page(request, decision_id, case_number, reason, form, error)
    if form == "pdf":
        return await pdf_response(request, made.file.decode(), "underlag")
    media_type, name, shown = _FORMS[form]
    headers = {
        "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{name}"',
        "Content-Security-Policy": _POLICY,
    }
    return Response(made.file, media_type=media_type, headers=headers)


def _page(
    request: Request, decision_id: str, case_number: str, reason: str, form: Format, error: InvalidInput | None = None
) -> Response:
    values = {
        "decision_id": decision_id,
        "case_number": case_number,
        "reason": reason,
        "form": form,
    }
    return form_page(request, "caseworker/case_file.html", values, error)
