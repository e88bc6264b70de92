"""How the description of the API tells of answers that are not shapes of ours."""

from __future__ import annotations

from typing import Final, TypeAlias

from pydantic import JsonValue

from allmanning.gateway.problems import MEDIA_TYPE

# As FastAPI takes them at a route.
Described: TypeAlias = "dict[int | str, dict[str, JsonValue]]"

_OBJECT: Final[JsonValue] = {"type": "object", "additionalProperties": True}
_TEXT: Final[JsonValue] = {"type": "string"}
_BYTES: Final[JsonValue] = {"type": "string", "format": "binary"}


def answers(*media_types: str, status: int = 200, description: str = "OK") -> Described:
    """An answer in one of these media types: objects for JSON, text for text, otherwise bytes."""
    return {status: {"description": description, "content": {each: {"schema": _schema(each)} for each in media_types}}}


def refusal(status: int, description: str) -> Described:
    """An error beside those that every operation may answer with."""
    shape: JsonValue = {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}
    return {status: {"description": description, "content": {MEDIA_TYPE: shape}}}


def _schema(media_type: str) -> JsonValue:
    if media_type.endswith("json"):
        return _OBJECT
    if media_type.endswith("yaml"):
        return {"description": "YAML"}
    return _TEXT if media_type.startswith("text/") else _BYTES


# What auditors read: the audit service's own words, as an object.
REPORT: Final = answers("application/json", description="The report")
EVENTS: Final = "text/event-stream"
