"""What is refused is told on the page that asked, where what was typed still stands."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from pydantic import ValidationError

from allmanning.gateway.language import page_language
from allmanning.gateway.problems import Problem, problem
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput, NotFound, PlatformError, TooLarge

REFUSALS: Final = (InvalidInput, Conflict, NotFound, TooLarge, Forbidden, ValidationError)


def refusal(error: PlatformError | ValidationError) -> PlatformError:
    """The error as the platform tells it: of what does not fit its field, the first."""
    if isinstance(error, PlatformError):
        return error
    field = ".".join(str(each) for each in error.errors()[0]["loc"])
    return InvalidInput(
        "field.invalid",
        f"Fältet {field} är tomt, för långt eller har fel form. (The field {field} is empty, too long or malformed.)",
    )


def told(request: Request, error: PlatformError | ValidationError) -> Problem:
    """The refusal in the reader's language."""
    return problem(refusal(error), page_language(request.query_params, request.headers))
