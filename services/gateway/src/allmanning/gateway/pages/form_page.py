"""A page with a form: as it is first seen, and as it comes back with what was written in it and what was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from fastapi import Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from allmanning.gateway.language import page_language
from allmanning.gateway.problems import problem
from allmanning.gateway.rendering import render
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput, NotFound, PlatformError, TooLarge

Refused: TypeAlias = PlatformError | ValidationError
# What whoever wrote the form can do something about; the rest is told on a page of its own.
REFUSALS: Final = (InvalidInput, Conflict, NotFound, TooLarge, Forbidden, ValidationError)


def form_page(
    request: Request, template: str, values: Mapping[str, object], error: Refused | None = None
) -> HTMLResponse:
    """The page with `values`; after an error, with that above the form (`problem`) and its status."""
    if error is None:
        return render(request, template, {**values, "problem": None})
    refusal = _refusal(error)
    told = problem(refusal, page_language(request.query_params, request.headers))
    return render(request, template, {**values, "problem": told}, status=refusal.status)


def _refusal(error: Refused) -> PlatformError:
    """The error as the platform tells it: of what does not fit its field, the first."""
    if isinstance(error, PlatformError):
        return error
    field = ".".join(str(each) for each in error.errors()[0]["loc"])
    return InvalidInput(
        "field.invalid",
        f"Fältet {field} är tomt, för långt eller har fel form. (The field {field} is empty, too long or malformed.)",
    )
