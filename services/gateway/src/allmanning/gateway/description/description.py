"""The description at `/openapi.json`: FastAPI's own, with what FastAPI does not know of this API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, cast

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter

from allmanning.gateway.asker import anybody, keyed
from allmanning.gateway.description.errors import error_answers, errors_of
from allmanning.gateway.description.samples import requests, sample
from allmanning.gateway.description.words import ABOUT, TAGS
from allmanning.gateway.idempotency.route import HEADER, IdempotentRoute
from allmanning.gateway.problems import ProblemDetails

# OpenAPI, walked by its own keys.
Node = dict[str, Any]

_ERRORS_FROM: Final = 400
_KEY: Final = {"type": "http", "scheme": "bearer", "description": "An API key, `alm_…`, from the authority."}

_ONCE: Final = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": (
        "A name for this request, such as a UUID. The same request sent again within 24 hours gets the same answer and "
        "is not done again (secrets, which are told once, are then empty); another request with the same name gets a "
        "422, and one that is under way a 409. Names are each key's own. What was refused may be sent again."
    ),
    "schema": {"type": "string", "pattern": r"^[!-~]{1,255}$"},
}


def operation_id(route: APIRoute) -> str:
    """`<file>_<function>`, such as `documents_upload`: it stays when a path gets another parameter."""
    return f"{route.endpoint.__module__.rpartition('.')[2]}_{route.name}"


def describe(app: FastAPI) -> Callable[[], Node]:
    """What `app.openapi` becomes: made once, when it is first asked for."""
    made: Node = {}

    def description() -> Node:
        if not made:
            made.update(_description(app))
        return made

    return description


def _description(app: FastAPI) -> Node:
    whole: Node = get_openapi(
        title=app.title, version=app.version, description=ABOUT, routes=app.routes, tags=TAGS,
        servers=[{"url": "/", "description": "The platform that serves this description."}],
    )  # fmt: skip
    components: Node = whole.setdefault("components", {})
    schemas: Node = components.setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    shape = TypeAdapter(ProblemDetails).json_schema(ref_template="#/components/schemas/{model}")
    schemas |= cast("Node", shape.pop("$defs", {})) | {"ProblemDetails": shape}
    components["responses"] = error_answers()
    components["securitySchemes"] = {"key": _KEY}
    for route, method, operation in operations(app, whole):
        _tell_errors(route, method, operation)
        _tell_security(route, operation)
        if method == "post" and isinstance(route, IdempotentRoute):
            operation.setdefault("parameters", []).append(_ONCE)
        _show(operation, schemas)
    return whole


def operations(app: FastAPI, whole: Node) -> Iterator[tuple[APIRoute, str, Node]]:
    """Each route that is described, with its method in small letters and its operation."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and context.include_in_schema:
            for method in sorted(each.lower() for each in route.methods or ()):
                yield route, method, whole["paths"][route.path_format][method]


def _tell_errors(route: APIRoute, method: str, operation: Node) -> None:
    answers: Node = operation["responses"]
    # FastAPI's own answer to what does not fit: here it is a 400.
    answers.pop("422", None)
    needed = needs_key(route)
    told = errors_of(
        method,
        keyed=needed or takes_key(route),
        addressed="parameters" in operation or takes_key(route),
        takes_body="requestBody" in operation,
    )
    for status, answer in told:
        answers.setdefault(str(status), answer)


def _tell_security(route: APIRoute, operation: Node) -> None:
    if needs_key(route):
        operation["security"] = [{"key": []}]
    elif takes_key(route):
        operation["security"] = [{}, {"key": []}]
    else:
        operation["security"] = []


def _show(operation: Node, schemas: Node) -> None:
    """Examples beside the shapes, where there is none yet."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if operation["operationId"] in requests():
            content["example"] = requests()[operation["operationId"]]
        else:
            content["example"] = sample(content["schema"], schemas)
    for status, answer in operation["responses"].items():
        for media_type, content in answer.get("content", {}).items():
            if int(status) < _ERRORS_FROM and media_type == "application/json" and content.get("schema"):
                content.setdefault("example", sample(content["schema"], schemas))
    for parameter in operation.get("parameters", []):
        if parameter["required"]:
            parameter["example"] = sample(parameter["schema"], schemas, parameter["name"])


def needs_key(route: APIRoute) -> bool:
    """Whether nobody may call this without a key."""
    return keyed in _calls(route.dependant)


def takes_key(route: APIRoute) -> bool:
    """Whether a key is taken into account, though none is needed."""
    return anybody in _calls(route.dependant)


def _calls(dependant: Dependant) -> set[object]:
    found: set[object] = {dependant.call}
    for each in dependant.dependencies:
        found |= _calls(each)
    return found
