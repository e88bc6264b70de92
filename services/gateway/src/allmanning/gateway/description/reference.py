"""The description as people read it: groups of operations, with their fields in words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

# OpenAPI, walked by its own keys.
Node = Mapping[str, Any]

_METHODS: Final = ("get", "post", "put", "patch", "delete")
_DEEPEST: Final = 3


@dataclass(frozen=True)
class FieldLine:
    """One parameter or field: its name (with the fields it lies in), its kind, and what is said of it."""

    name: str
    kind: str
    required: bool
    words: str


@dataclass(frozen=True)
class AnswerLine:
    """One answer: its status, media types and words; `example` is empty when there is none."""

    status: str
    media_types: Sequence[str]
    words: str
    example: str


@dataclass(frozen=True)
class OperationView:
    """One operation. `access` is key, either or open."""

    id: str
    method: str
    path: str
    words: str
    access: str
    deprecated: bool
    parameters: Sequence[FieldLine]
    body: Sequence[FieldLine]
    body_media_type: str
    body_example: str
    answers: Sequence[AnswerLine]
    errors: Sequence[str]


@dataclass(frozen=True)
class Group:
    """The operations of one tag."""

    name: str
    words: str
    operations: Sequence[OperationView]


def groups(description: Node) -> list[Group]:
    """Every group, in the order of the description's tags."""
    views = [
        (told["tags"][0], _view(description, method, path, told))
        for path, methods in description["paths"].items()
        for method, told in methods.items()
        if method in _METHODS
    ]
    return [
        Group(tag["name"], tag["description"], [view for name, view in views if name == tag["name"]])
        for tag in description["tags"]
    ]


def _view(description: Node, method: str, path: str, told: Node) -> OperationView:
    schemas: Node = description["components"]["schemas"]
    [(media_type, body)] = told.get("requestBody", {}).get("content", {"": {}}).items()
    answers = told["responses"]
    return OperationView(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        words=told.get("description", ""),
        access="key" if told["security"] == [{"key": []}] else "either" if told["security"] else "open",
        deprecated=bool(told.get("deprecated")),
        parameters=[
            FieldLine(each["name"], _kind(each["schema"], schemas), each["required"], each.get("description", ""))
            for each in told.get("parameters", [])
        ],
        body=_fields(body.get("schema", {}), schemas),
        body_media_type=media_type,
        body_example=_shown(body.get("example")),
        answers=[_answer(status, answers[status]) for status in sorted(answers) if status < "400"],
        errors=sorted(status for status in answers if status >= "400"),
    )


def _answer(status: str, told: Node) -> AnswerLine:
    content: Node = told.get("content", {})
    example = next((each["example"] for each in content.values() if "example" in each), None)
    return AnswerLine(status, list(content), told.get("description", ""), _shown(example))


def _shown(example: object) -> str:
    return "" if example is None else json.dumps(example, ensure_ascii=False, indent=2)


def _fields(schema: Node, schemas: Node, above: str = "", depth: int = 0) -> list[FieldLine]:
    """The fields of an object and of the objects in it, as one list."""
    found: list[FieldLine] = []
    if depth > _DEEPEST:
        return found
    schema = _resolved(schema, schemas)
    for choice in schema.get("oneOf", schema.get("anyOf", [])):
        found += _fields(choice, schemas, above, depth + 1)
    required = schema.get("required", [])
    for name, inner in schema.get("properties", {}).items():
        path = f"{above}{name}"
        words = inner.get("description", "") or ""
        found.append(FieldLine(path, _kind(inner, schemas), name in required, words))
        resolved = _resolved(inner, schemas)
        if resolved.get("type") == "array":
            found += _fields(resolved.get("items", {}), schemas, f"{path}[].", depth + 1)
        elif resolved is not inner or "anyOf" in inner:
            found += _fields(inner, schemas, f"{path}.", depth + 1)
    return list(dict.fromkeys(found))


def _resolved(schema: Node, schemas: Node) -> Node:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    return schema


def _kind(schema: Node, schemas: Node) -> str:
    """The kind of a value, as JSON Schema names it: `string`, `integer`, `array of string`, `"a" | "b"`."""
    schema = _resolved(schema, schemas)
    if "const" in schema or "enum" in schema:
        return " | ".join(json.dumps(each, ensure_ascii=False) for each in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema or "oneOf" in schema:
        kinds = [_kind(each, schemas) for each in schema.get("anyOf", schema.get("oneOf"))]
        return " | ".join(dict.fromkeys(kinds))
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"array of {_kind(schema.get('items', {}), schemas)}"
    return f"{kind} ({schema['format']})" if "format" in schema else kind
