"""Which errors an operation may answer with, by what it takes and who may call it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import JsonValue

from allmanning.gateway.problem_codes import problem_codes
from allmanning.gateway.problems import MEDIA_TYPE, RETRIED, problem_details
from allmanning.runtime.errors import error_of

# A code of each status that shows what it looks like.
_SHOWN: Final[Mapping[int, str]] = {
    400: "field.invalid",
    401: "auth.missing",
    403: "auth.forbidden",
    404: "document.not_found",
    409: "review.closed",
    413: "body.too_large",
    415: "page.not_drawn",
    422: "rules.invalid",
    429: "model.busy",
    500: "internal",
    503: "audit.unavailable",
    504: "generate.timeout",
}
# Whatever is called, the request may be unreadable, and the platform may be busy, broken, stopped or slow.
_ALWAYS: Final = (400, 429, 500, 503, 504)


def error_answers() -> dict[str, JsonValue]:
    """Every answer that tells of an error, by name, for `components.responses`."""
    return {f"Problem{status}": _answer(status, code) for status, code in _SHOWN.items()}


def errors_of(method: str, *, keyed: bool, addressed: bool, takes_body: bool) -> Iterator[tuple[int, JsonValue]]:
    """The errors of an operation: of its method, whether it needs a key, names a thing, and takes a body."""
    statuses = [*_ALWAYS]
    statuses += [401, 403] if keyed else []
    # What an authority does not have is not there, whether it is named in the path, the query or the body.
    statuses += [404] if addressed or takes_body else []
    statuses += [409, 422] if method != "get" else []
    statuses += [413] if takes_body else []
    for status in sorted(statuses):
        yield status, {"$ref": f"#/components/responses/Problem{status}"}


def _answer(status: int, code: str) -> JsonValue:
    known = problem_codes()[code]
    example = dict(problem_details(error_of(status, code, known.english), status, "en"))
    answer: dict[str, JsonValue] = {
        "description": f"{status}: such as `{code}`. {known.english}",
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/ProblemDetails"},
                "example": example,  # type: ignore[dict-item]
            }
        },
    }
    if status in RETRIED:
        answer["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    if status == 401:
        answer["headers"] = {"WWW-Authenticate": {"description": "Bearer.", "schema": {"type": "string"}}}
    return answer
