"""One shape for every error that leaves: problem details (RFC 9457), with OpenAI's `error` object as an extension.

The code is stable and for programs; title and detail are for people, in the language that they ask for.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from typing_extensions import TypedDict

from allmanning.gateway.field_problems import field_problem
from allmanning.gateway.language import api_language, error_message, page_language
from allmanning.gateway.problem_codes import problem_codes, problem_type
from allmanning.gateway.rendering import render
from allmanning.runtime.errors import Internal, InvalidInput, PlatformError, Unavailable, error_of

log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
# Statuses that pass by themselves; the answer says when to come back.
RETRIED: Final = frozenset({429, 503, 504})

# OpenAI's words for kinds of errors.
_TYPES: Final[Mapping[int, str]] = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}

HTTP_ERRORS: Final[Mapping[int, tuple[str, str]]] = {
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


class ProblemDetails(TypedDict):
    """An error: `title` is of its kind, `detail` of this time, `code` for programs. `type` leads to what it means, and
    `error` has the same in the shape that OpenAI's clients know.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    param: str | None
    error: Problem


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


def problem_details(error: PlatformError, status: int, language: str, param: str | None = None) -> ProblemDetails:
    """The error as the body of a response, under RFC 9457's names."""
    told = problem(error, language, param)
    known = problem_codes().get(told["code"])
    return ProblemDetails(
        type=problem_type(told["code"]) if known else "about:blank",
        title=known.title(language) if known else HTTPStatus(status).phrase,
        status=status,
        detail=told["message"],
        code=told["code"],
        param=param,
        error=told,
    )


def response_to(
    request: Request, error: PlatformError, param: str | None = None, *, status: int | None = None
) -> Response:
    """The response that tells of `error`: problem details for programs, a page for people.

    `status` stands in for the error's own where the platform has no class for it.
    """
    status, headers = status or error.status, {}
    if error.status in RETRIED:
        headers["Retry-After"] = f"{max(1, round(error.retry_after_s or _RETRY_AFTER_S))}"
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    language = _language(request)
    if _wants_page(request):
        shown = problem(error, language, param)
        return render(request, "error.html", {"problem": shown}, status=status, headers=headers)
    headers["Content-Language"] = language
    details = problem_details(error, status, language, param)
    return JSONResponse(details, status_code=status, headers=headers, media_type=MEDIA_TYPE)


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
    code, message = HTTP_ERRORS.get(error.status_code, ("request.refused", "Anropet kan inte behandlas."))
    # What the platform has no class for, such as 405, keeps its own status.
    known = error_of(error.status_code, code, message)
    shown = InvalidInput(code, message) if isinstance(known, Internal) else known
    response = response_to(request, shown, status=error.status_code)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    wrong, param = field_problem(error)
    return response_to(request, wrong, param)


def handle_problems(app: FastAPI) -> None:
    """Let every error of `app` leave in the one shape."""
    app.add_exception_handler(PlatformError, _platform_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
