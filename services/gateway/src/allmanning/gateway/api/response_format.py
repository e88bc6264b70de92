"""`response_format`: plain text, or a JSON object around sentences that have been checked one by one.

No model writes JSON here: what it writes is checked sentence by sentence, and the object is built of what passed. So a
schema chooses among the fields that there are; one that asks for others is refused before anything is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from allmanning.gateway.api.exact import YesNo
from allmanning.gateway.api.text import Text
from allmanning.gateway.repeating import repeatable
from allmanning.gateway.shapes import OUTCOMES

# Names of fields, each with the plan of its own fields; empty for a value without any.
Plan: TypeAlias = "Mapping[str, Plan]"

Schema: TypeAlias = dict[str, JsonValue]

_TEXT: Final[Schema] = {"type": "string"}
_NUMBER: Final[Schema] = {"type": "integer"}
SHAPE: Final[Schema] = {
    "type": "object",
    "properties": {
        "sentences": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"text": _TEXT, "citations": {"type": "array", "items": _NUMBER}},
            },
        },
        "answer": _TEXT,
        "outcome": {"type": "string", "enum": list(OUTCOMES.values())},
        "reason": _TEXT,
        "language": _TEXT,
        "decision_id": _TEXT,
        "notice": _TEXT,
        "sources": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"number": _NUMBER, "title": _TEXT, "page": _NUMBER, "quote": _TEXT, "link": _TEXT},
            },
        },
    },
}

# What a schema may say; what else there is (pattern, maxLength, minItems …) could not be promised of sentences that
# stand in documents.
_UNDERSTOOD: Final = frozenset(
    {"type", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "$ref"}
)
_ANNOTATIONS: Final = frozenset(
    {"title", "description", "default", "examples", "$defs", "definitions", "$schema", "$id"}
)
_MOST_LOOKED_AT: Final = 200


class _Unfulfillable(Exception):
    pass


class _Broken(_Unfulfillable):
    """A reference that leads nowhere or never ends: a reader who comes to it can't judge the answer at all."""


class NamedSchema(BaseModel):
    """What OpenAI's `json_schema` says."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(max_length=64)
    description: Text | None = None
    schema_: Schema = Field(alias="schema")
    strict: YesNo | None = None


def _fulfillable(named: NamedSchema) -> NamedSchema:
    plan_of(named.schema_)
    return named


class ResponseFormat(BaseModel):
    """What OpenAI's `response_format` says."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["text", "json_object", "json_schema"]
    json_schema: Annotated[NamedSchema, AfterValidator(_fulfillable)] | None = None

    @model_validator(mode="after")
    def _with_schema(self) -> Self:
        if (self.type == "json_schema") != (self.json_schema is not None):
            raise PydanticCustomError("schema_not_fulfilled", "schema", {"name": "json_schema"})
        return self

    def plan(self) -> Plan | None:
        """The fields of the object that the answer is; None for plain text."""
        if self.type == "text":
            return None
        return plan_of(self.json_schema.schema_ if self.json_schema else SHAPE)


def plan_of(schema: Schema) -> Plan:
    """The fields that a schema asks for.

    Raises:
        PydanticCustomError: `schema_not_fulfilled`, with the place in the schema.
    """
    try:
        # One that asks for an object of any kind gets all there is.
        return _Reading(schema).plan(schema, SHAPE, "schema") or _Reading(SHAPE).plan(SHAPE, SHAPE, "schema")
    except _Unfulfillable as error:
        raise PydanticCustomError("schema_not_fulfilled", "schema", {"name": repeatable(error)}) from error


def pruned(value: JsonValue, plan: Plan) -> JsonValue:
    """`value` with the fields of the plan alone."""
    if not plan:
        return value
    if isinstance(value, list):
        return [pruned(each, plan) for each in value]
    return {name: pruned(value[name], inner) for name, inner in plan.items()} if isinstance(value, dict) else value


class _Reading:
    """One schema on its way to a plan. References may lead anywhere, so what is looked at is counted."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._looked_at = 0

    def plan(self, schema: JsonValue, shape: Schema, at: str) -> Plan:
        """The plan with which what has `shape` always passes `schema`; raises with the place where it would not."""
        self._looked_at += 1
        if self._looked_at > _MOST_LOOKED_AT:
            raise _Broken(at)
        if not isinstance(schema, dict):
            raise _Unfulfillable(at)
        for keyword in schema:
            if keyword not in _UNDERSTOOD and keyword not in _ANNOTATIONS:
                raise _Unfulfillable(f"{at}.{keyword}")
        if len(schema.keys() & _UNDERSTOOD) > 1 and schema.keys() & {"$ref", "anyOf"}:
            raise _Unfulfillable(at)
        if "$ref" in schema:
            return self.plan(self._referred(schema["$ref"], at), shape, at)
        if "anyOf" in schema:
            return self._first(schema["anyOf"], shape, at)
        _check_type(schema, shape, at)
        if shape["type"] == "array":
            items, inner = schema.get("items", {}), shape["items"]
            assert isinstance(inner, dict)  # noqa: S101 - our own shape; the checker can't know
            return {} if items == {} else self.plan(items, inner, f"{at}.items")
        return self._fields(schema, shape, at) if shape["type"] == "object" else {}

    def _fields(self, schema: Schema, shape: Schema, at: str) -> Plan:
        asked, ours = schema.get("properties", {}), shape["properties"]
        required = schema.get("required", [])
        if not isinstance(asked, dict) or not isinstance(ours, dict) or not isinstance(required, list):
            raise _Unfulfillable(f"{at}.properties")
        plan: dict[str, Plan] = {}
        others = schema.get("additionalProperties", True) is True
        for name in [*asked, *(str(each) for each in required)]:
            inner = ours.get(name)
            if not isinstance(inner, dict) or not (name in asked or others):
                raise _Unfulfillable(f"{at}.properties.{name}")
            if name not in plan:
                plan[name] = self.plan(asked.get(name, {}), inner, f"{at}.properties.{name}")
        if not plan and not others:
            raise _Unfulfillable(f"{at}.properties")
        return plan

    def _first(self, choices: JsonValue, shape: Schema, at: str) -> Plan:
        for place, each in enumerate(choices if isinstance(choices, list) else ()):
            try:
                return self.plan(each, shape, f"{at}.anyOf[{place}]")
            except _Broken:
                raise
            except _Unfulfillable:
                continue
        raise _Unfulfillable(f"{at}.anyOf")

    def _referred(self, reference: JsonValue, at: str) -> JsonValue:
        found: JsonValue = self._root
        if not isinstance(reference, str) or not reference.startswith("#/"):
            raise _Broken(f"{at}.$ref")
        for name in reference.removeprefix("#/").split("/"):
            found = found.get(name) if isinstance(found, dict) else None
        if found is None:
            raise _Broken(f"{at}.$ref")
        return found


def _check_type(schema: Schema, shape: Schema, at: str) -> None:
    wanted = schema.get("type", shape["type"])
    kinds = wanted if isinstance(wanted, list) else [wanted]
    if shape["type"] not in kinds and not (shape["type"] == "integer" and "number" in kinds):
        raise _Unfulfillable(f"{at}.type")
    if "enum" in schema:
        enum, ours = schema["enum"], shape.get("enum")
        if not isinstance(enum, list) or not isinstance(ours, list) or any(each not in enum for each in ours):
            raise _Unfulfillable(f"{at}.enum")
