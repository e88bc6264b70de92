"""One shape for every error that leaves, the one OpenAI's clients know: `{"error": {code, message, type, param}}`.

The code is stable and for programs; the message is for people.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Mapping, Sequence
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from typing_extensions import TypedDict

from allmanning.gateway.language import api_language, error_message, page_language, translate
from allmanning.gateway.rendering import render
from allmanning.gateway.repeating import repeatable
from allmanning.runtime.errors import Internal, InvalidInput, PlatformError, Unavailable, error_of

log = logging.getLogger(__name__)

# OpenAI's words for kinds of errors.
_TYPES: Final[Mapping[int, str]] = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}

_HTTP_ERRORS: Final[Mapping[int, tuple[str, str]]] = {
    400: ("request.malformed", "Anropet går inte att läsa."),
    404: ("path.not_found", "Den adressen finns inte."),
    405: ("method.not_allowed", "Adressen finns, men inte för den metoden."),
    413: ("body.too_large", "Anropet är större än vad som tas emot."),
}

# While the form parser wrote an upload.
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)
_RETRY_AFTER_S: Final = 5.0

INTERNAL: Final = Internal("internal", "Ett internt fel inträffade. Försök igen om en stund.")


class Problem(TypedDict):
    """What stands under `error`."""

    code: str
    message: str
    type: str
    param: str | None


class Misfit(InvalidInput):
    """A field of a request that is understood and can't be followed; `param` is its name."""

    def __init__(self, code: str, message: str, *, param: str) -> None:
        super().__init__(code, message)
        self.param = param


def problem(error: PlatformError, language: str, param: str | None = None) -> Problem:
    """The error as a program reads it. `Internal` never shows its own text."""
    shown = INTERNAL if isinstance(error, Internal) else error
    kind = _TYPES.get(shown.status, "server_error" if shown.status >= 500 else "invalid_request_error")
    message = error_message(shown.code, shown.message, language)
    return Problem(code=shown.code, message=message, type=kind, param=param)


def response_to(request: Request, error: PlatformError, param: str | None = None) -> Response:
    """The response that tells of `error`: JSON for programs, a page for people."""
    headers = {}
    if error.status in {429, 503, 504}:
        headers["Retry-After"] = f"{max(1, round(error.retry_after_s or _RETRY_AFTER_S))}"
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    shown = problem(error, _language(request), param)
    if _wants_page(request):
        return render(request, "error.html", {"problem": shown}, status=error.status, headers=headers)
    return JSONResponse({"error": shown}, status_code=error.status, headers=headers)


def _language(request: Request) -> str:
    if _wants_page(request):
        return page_language(request.query_params, request.headers)
    return api_language(request.headers)


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/v1/") and "text/html" in request.headers.get("accept", "")


def _platform_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, PlatformError)  # noqa: S101 - the registration below says so; the checker can't know
    if isinstance(error, Internal):
        log.error("a service failed: %s", error.code)
    return response_to(request, error, error.param if isinstance(error, Misfit) else None)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    if error.status_code < 400:
        return Response(status_code=error.status_code, headers=error.headers)
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.errno in _NO_ROOM:
        return response_to(request, Unavailable("disk.full", "Disken är full. Tala med driften. (The disk is full.)"))
    code, message = _HTTP_ERRORS.get(error.status_code, ("request.refused", "Anropet kan inte behandlas."))
    # What the platform has no class for, such as 405, keeps its own status.
    known = error_of(error.status_code, code, message)
    response = response_to(request, InvalidInput(code, message) if isinstance(known, Internal) else known)
    response.status_code = error.status_code
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return response_to(request, error_of(400, "json.malformed", "Innehållet är inte giltig JSON."))
    kind, param = first["type"], repeatable(_path(first["loc"]))
    context = {name: repeatable(value) for name, value in (first.get("ctx") or {}).items()}
    if "name" in context and kind in _CODES:
        # The check is made on the object around it.
        param = context["name"] if len(first["loc"]) == 1 else f"{param}.{context['name']}"
    message = _field_message(kind, param, context, _language(request))
    return response_to(request, error_of(400, _CODES.get(kind, "field.invalid"), message), param)


def _path(location: Sequence[str | int]) -> str:
    """`("body", "messages", 0, "role")` as `messages[0].role`."""
    path = ""
    for each in location[1:]:
        if isinstance(each, str) and (each == "str" or "[" in each):
            # Pydantic's name for a branch of a union, which no caller knows.
            continue
        path += f"[{each}]" if isinstance(each, int) else f".{each}"
    return path.lstrip(".") or str(location[0])


# Of checks that are ours; the context has the `name` of the field that is wrong, but for the first.
_CODES: Final[Mapping[str, str]] = {
    "extra_forbidden": "parameter.unknown",
    "unsupported_parameter": "parameter.unsupported",
    "unknown_parameter": "parameter.unknown",
    "unsupported_part": "content.unsupported",
    "schema_not_fulfilled": "response_format.unfulfillable",
    "two_limits": "field.invalid",
}

_FIELD_MESSAGES: Final[Mapping[str, str]] = {
    "extra_forbidden": "Det finns inget fält som heter {param}.",
    "unsupported_parameter": "Det som {param} ber om finns inte här. Utelämna fältet.",
    "unknown_parameter": "Det finns inget fält som heter {param}.",
    "unsupported_part": "En fråga kan bara vara text, inte bild, ljud eller fil. Ändra {param}.",
    "schema_not_fulfilled": "Svaret kan inte följa schemat vid {param}. Sidan /api visar vilka fält som finns.",
    "two_limits": "max_tokens och max_completion_tokens säger olika. Ange en av dem.",
    "missing": "Fältet {param} saknas.",
    "string_type": "Fältet {param} ska vara text.",
    "int_parsing": "Fältet {param} ska vara ett heltal.",
    "int_type": "Fältet {param} ska vara ett heltal.",
    "bool_type": "Fältet {param} ska vara true eller false.",
    "bool_parsing": "Fältet {param} ska vara true eller false.",
    "list_type": "Fältet {param} ska vara en lista.",
    "model_attributes_type": "Fältet {param} ska vara ett objekt.",
    "literal_error": "Fältet {param} ska vara ett av {expected}.",
    "unknown_name": "Fältet {param} har inget som heter {name}. Där finns {expected}.",
    "date_from_datetime_parsing": "Fältet {param} ska vara ett datum, skrivet ÅÅÅÅ-MM-DD.",
    "date_parsing": "Fältet {param} ska vara ett datum, skrivet ÅÅÅÅ-MM-DD.",
    "greater_than_equal": "Fältet {param} ska vara minst {ge}.",
    "less_than_equal": "Fältet {param} ska vara högst {le}.",
    "too_short": "Fältet {param} har för få värden.",
    "string_too_long": "Fältet {param} är för långt.",
    "other": "Fältet {param} har ett värde som inte går att använda.",
}


def _field_message(kind: str, param: str, context: Mapping[str, object], language: str) -> str:
    template = _FIELD_MESSAGES.get(kind, _FIELD_MESSAGES["other"])
    values = {**context, "param": param, "expected": str(context.get("expected", "")).replace(" or ", ", ")}
    return translate(template, language, **values)


def handle_problems(app: FastAPI) -> None:
    """Let every error of `app` leave in the one shape."""
    app.add_exception_handler(PlatformError, _platform_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
