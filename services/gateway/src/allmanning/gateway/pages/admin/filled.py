"""A form that could not be taken: what was written in it, and what was wrong."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import HTMLResponse

from allmanning.gateway.language import page_language
from allmanning.gateway.problems import problem
from allmanning.gateway.rendering import render
from allmanning.runtime.errors import PlatformError


def shown_again(request: Request, template: str, values: Mapping[str, object], error: PlatformError) -> HTMLResponse:
    """The page once more, as it was filled in, with the error above the form."""
    told = problem(error, page_language(request.query_params, request.headers))
    return render(request, template, {**values, "problem": told}, status=error.status)


def named_values(text: str) -> dict[str, str]:
    """`name: value`, one on each line, as people write them in a text field. A line without a colon has no value."""
    pairs = (line.partition(":") for line in text.splitlines() if line.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def written_values(values: Mapping[str, str]) -> str:
    """The other way round: `named_values(written_values(v)) == v` for values of one line."""
    return "\n".join(f"{name}: {value}" for name, value in values.items())
