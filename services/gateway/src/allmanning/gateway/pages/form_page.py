"""A page with a form: as it is first seen, and as it comes back with what was written in it and what was wrong."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import HTMLResponse

from allmanning.gateway.language import page_language
from allmanning.gateway.problems import problem
from allmanning.gateway.rendering import render
from allmanning.runtime.errors import PlatformError


def form_page(
    request: Request, template: str, values: Mapping[str, object], error: PlatformError | None = None
) -> HTMLResponse:
    """The page with `values`; after an error, with that above the form (`problem`) and its status."""
    told = problem(error, page_language(request.query_params, request.headers)) if error else None
    return render(request, template, {**values, "problem": told}, status=error.status if error else 200)
