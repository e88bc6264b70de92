"""`/signin/form`: what somebody sent when their session had ended, for them to send again."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.asker import TheParts
from allmanning.gateway.pages.signin.completion import RETURNED_FORM
from allmanning.gateway.pages.signin.own_path import first_page, own_path
from allmanning.gateway.pages.staff import member
from allmanning.gateway.rendering import render
from allmanning.gateway.signin import cookies

router = APIRouter()


@router.get(RETURNED_FORM)
async def returned_form(request: Request, parts: TheParts) -> Response:
    """The form as it was, once; whoever signed in as somebody else does not see it."""
    asker = member(request)
    form = await parts.reception.kept_forms.take(asker.principal.key_id, cookies.get_cookie(request, cookies.KEPT_FORM))
    action = own_path(form.action) if form else ""
    if form is None or not action:
        response: Response = RedirectResponse(first_page(asker.principal.role), status_code=303)
    else:
        # What was written, as a person reads it; what was chosen is a word for programs.
        written = [value for _, value in form.fields if " " in value.strip()]
        values = {"action": action, "fields": form.fields, "written": written}
        response = render(request, "signin/form.html", values)
    cookies.drop_cookie(request, response, cookies.KEPT_FORM)
    return response
