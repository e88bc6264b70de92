"""Examples of what operations take and answer: the first by hand (`requests.json`), the second from the shape, where
`values.json` says what a field of that name holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from pydantic import JsonValue

# OpenAPI, walked by its own keys.
Node = Mapping[str, Any]

ID: Final = "01a21ef1-3705-7bbb-b3b8-2d61db047f45"
DAY: Final = "2026-11-27"
MOMENT: Final = "2026-11-27T09:30:00.000Z"
# Of a field that `values.json` does not have.
UNKNOWN: Final = "exempel"
# Deeper shapes are told as empty: nobody reads that far.
_DEEPEST: Final = 8
_MOMENTS: Final = ("_at", "_until", "since", "time", "horizon", "until")


@cache
def requests() -> Mapping[str, JsonValue]:
    """An example of each operation's body, by the operation's id."""
    return _read("requests.json")


@cache
def values() -> Mapping[str, JsonValue]:
    """What a text field holds in an example, by its name, the same wherever it stands."""
    return _read("values.json")


def _read(name: str) -> Mapping[str, JsonValue]:
    found: dict[str, JsonValue] = json.loads((files(__package__) / name).read_text(encoding="utf-8"))
    return found


def sample(schema: Node, schemas: Node, name: str = "", depth: int = 0) -> JsonValue:
    """A value of this shape, as `name` would hold it; `schemas` are the shapes that it refers to."""
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].rpartition("/")[2]], schemas, name, depth)
    if schema.get("examples"):
        first: JsonValue = schema["examples"][0]
        return first
    if "const" in schema or "enum" in schema:
        chosen = [each for each in (schema.get("enum") or [schema["const"]]) if each != ""]
        return chosen[0] if chosen else ""
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return sample(schema[choice][0], schemas, name, depth + 1)
    return _plain(schema, schemas, name, depth)


def _plain(schema: Node, schemas: Node, name: str, depth: int) -> JsonValue:
    match schema.get("type"):
        case "object" if "properties" in schema and depth < _DEEPEST:
            return {key: sample(inner, schemas, key, depth + 1) for key, inner in schema["properties"].items()}
        case "array" if depth < _DEEPEST:
            return [sample(schema.get("items", {}), schemas, name, depth + 1)]
        case "array":
            return []
        case "string":
            return text_of(schema, name)
        case "integer":
            return max(1, int(schema.get("minimum", 0)))
        case "number":
            return 0.5
        case "boolean":
            return False
        case "null":
            return None
        case _:
            return {}


def text_of(schema: Node, name: str) -> str:
    """The text that a field of this name holds."""
    if schema.get("format") == "date":
        return DAY
    known = values().get(name)
    if isinstance(known, str):
        return known
    if name.endswith(("sha256", "hash")):
        return str(values()["version"])
    if name == "id" or name.endswith(("_id", "_ids")):
        return ID
    if name.endswith(("_on", "from", "to", "day", "effective", "as_of")):
        return DAY
    return MOMENT if name.endswith(_MOMENTS) or name == "at" else UNKNOWN
