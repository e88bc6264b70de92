"""`/admin/rules/edit`: change the authority's own table, see at once what is wrong in it, and propose it.

Nothing is kept before it is proposed: the form holds the table, and each button sends it and gets it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from allmanning.contracts.audit.v1.rules_pb import RulesColumn, ShowRulesRequest, ShowRulesResponse
from allmanning.gateway.api import rules as api
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.language import page_language
from allmanning.gateway.pages.admin.rules.draft import Draft
from allmanning.gateway.pages.admin.rules.form import changed, draft_of
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.problems import problem
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects
from allmanning.runtime.errors import InvalidInput, PlatformError

router = APIRouter(prefix="/admin/rules")

OUTCOMES: Final = ("granska", "lämna över", "avböj", "svara")
# 300 rows of 25 fields.
_MAX_FIELDS: Final = 10_000


@dataclass(frozen=True)
class Edit:
    """The table as it was sent: as fields, or as the text `source`, whose comments stay."""

    draft: Draft
    source: str
    as_text: bool = False
    effective: str = ""
    reason: str = ""


@router.get("/edit")
async def editor_page(request: Request, parts: TheParts, version: str = "") -> Response:
    """The table in force, or a version's, to change."""
    asker = staff(request, Permission.RULES_WRITE)
    shown = await _shown(asker, parts, version)
    draft = Draft.from_yaml(shown.own).next_edition()
    return await _page(request, parts, asker, Edit(draft, draft.to_yaml()), shown.columns)


@router.post("/edit")
async def change(request: Request, parts: TheParts) -> Response:
    """What a button does to the table: change its rows, check it, show it as text or as fields, or propose it."""
    asker = staff(request, Permission.RULES_WRITE)
    form = await request.form(max_fields=_MAX_FIELDS)
    columns = (await _shown(asker, parts, "")).columns
    wrong: PlatformError | None = None
    try:
        edit = _edit_of(form)
    except InvalidInput as error:
        # It can't be fields, so it stays the text that it is.
        edit, wrong = Edit(Draft(), str(form.get("yaml") or form.get("notices") or ""), as_text=True), error
    if wrong is None and form.get("do") == "propose":
        try:
            made = await _proposed(edit, asker, parts)
        except PlatformError as error:
            wrong = error
        else:
            if made:
                return RedirectResponse(f"/admin/rules/versions/{made}", status_code=303)
    return await _page(request, parts, asker, edit, columns, wrong)


def _edit_of(form: FormData) -> Edit:
    button = str(form.get("do", "check"))
    written = str(form["yaml"]) if "yaml" in form else ""
    draft = changed(Draft.from_yaml(written) if "yaml" in form else draft_of(form), button)
    as_text = button == "as-text" or ("yaml" in form and button != "as-fields")
    return Edit(
        draft=draft,
        source=written if "yaml" in form and as_text else draft.to_yaml(),
        as_text=as_text,
        effective=str(form.get("effective", "")),
        reason=str(form.get("reason", "")),
    )


async def _proposed(edit: Edit, asker: Asker, parts: Parts) -> str:
    """The proposal's id; empty when the table has faults, which the page shows.

    Raises:
        InvalidInput: `field.invalid`, `audit.reason_missing` and what audit refuses.
    """
    if not edit.reason.strip():
        raise InvalidInput("audit.reason_missing", "Skriv varför. (Say why.)")
    try:
        proposal = api.Proposal(yaml=edit.source, effective=edit.effective, reason=edit.reason.strip())
    except ValueError as error:
        raise InvalidInput("field.invalid", "Skälet är för långt, eller tabellen för stor.") from error
    made = (await api.propose(proposal, asker, parts))["version"]
    return made["id"] if made else ""


async def _shown(asker: Asker, parts: Parts, version: str) -> ShowRulesResponse:
    asked = ShowRulesRequest(authority=asker.principal.authority, id=version)
    return await parts.bus.call(subjects.AUDIT_SHOW_RULES, asked, ShowRulesResponse)


async def _page(
    request: Request,
    parts: Parts,
    asker: Asker,
    edit: Edit,
    columns: Sequence[RulesColumn],
    wrong: PlatformError | None = None,
) -> Response:
    # As it was sent, however long: what is wrong with it is for the audit service to say.
    problems = (await api.check(api.Table.model_construct(yaml=edit.source), asker, parts))["problems"]
    named = {row.name for row in edit.draft.rows}
    language = page_language(request.query_params, request.headers)
    return render(
        request,
        "admin/rules/editor.html",
        {
            "edit": edit,
            "draft": edit.draft,
            "columns": columns,
            "outcomes": OUTCOMES,
            "problems": problems,
            # What is wrong in no row that the form has.
            "at_large": [each for each in problems if each["rule"] not in named],
            "problem": problem(wrong, language) if wrong else None,
        },
        status=wrong.status if wrong else 200,
    )
