"""`POST /admin/setup`: the authority's own tone, and which model is asked first."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from allmanning.gateway.api import choices as api
from allmanning.gateway.asker import TheParts
from allmanning.gateway.pages.admin.setup import TEMPLATE, setup_values
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import PlatformError

router = APIRouter(prefix="/admin/setup")


class ChoiceForm(BaseModel):
    """As it is filled in; `own` says whether the tone is the authority's or the file's."""

    own: Literal["", "own"] = ""
    tone: Annotated[str, Form(max_length=2_000)] = ""
    model: Annotated[str, Form(max_length=200)] = ""
    reason: Annotated[str, Form(max_length=10_000)] = ""
    revision: Annotated[int, Form(ge=0)] = 0


@router.post("")
async def choose(request: Request, parts: TheParts, form: Annotated[ChoiceForm, Form()]) -> Response:
    """In force for the next question; who sends it has just proved who they are."""
    asker = staff(request, Permission.CHOICES_WRITE)
    require_fresh(request, asker)
    wanted = api.ChoicesIn(
        tone=form.tone if form.own else None, model=form.model, reason=form.reason, revision=form.revision
    )  # fmt: skip
    try:
        await api.choose(wanted, asker, parts)
    except PlatformError as error:
        return form_page(request, TEMPLATE, {**await setup_values(asker, parts), "form": form}, error)
    return RedirectResponse("/admin/setup?saved=true", status_code=303)
