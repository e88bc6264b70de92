"""A schema that is taken is always followed."""

from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from allmanning.contracts.generate.v1.generate_pb import Citation, Finished, Outcome, Sentence
from allmanning.gateway.api.grounds import Teller
from allmanning.gateway.api.response_format import SHAPE, plan_of
from allmanning.gateway.api.wording import words

OUTCOMES = ["answered", "abstained", "review", "refused", "handed_over"]
TELLER = Teller("exempelby", "sv", "https://fraga.exempelby.se")
SENTENCES = [
    Sentence(text='Ja, "alltid". [1]', citations=[Citation(number=1)]),
    Sentence(text="\nNej. [2]", citations=[Citation(number=2)]),
]

LEAVES = st.sampled_from(
    [{}, {"type": "string"}, {"type": ["string", "null"]}, {"type": "integer"}, {"type": "number"}, {"type": "null"},
     {"enum": OUTCOMES}, {"enum": ["answered"]}, {"type": "string", "maxLength": 3}, {"const": "answered"},
     {"$ref": "#/$defs/text"}, {"$ref": "#/$defs/loop"}, {"$ref": "#/$defs/none"}, {"type": "string", "title": "T"}]
)  # fmt: skip
NAMES = st.sampled_from(
    ["sentences", "answer", "outcome", "reason", "language", "sources", "text", "citations", "number", "title", "price"]
)


def objects(inner):
    return st.builds(
        lambda properties, required, extra: (
            {"type": "object", "properties": properties, "required": required}
            | ({} if extra is None else {"additionalProperties": extra})
        ),
        st.dictionaries(NAMES, inner, max_size=4),
        st.lists(NAMES, max_size=2, unique=True),
        st.sampled_from([None, True, False, {"type": "string"}]),
    )


SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: (
        objects(inner)
        | st.builds(lambda items: {"type": "array", "items": items}, inner)
        | st.builds(lambda choices: {"anyOf": choices}, st.lists(inner, min_size=1, max_size=3))
    ),
    max_leaves=8,
)
DEFS = {"text": {"type": "string"}, "loop": {"$ref": "#/$defs/loop"}}


def content(plan, sentences):
    finished = Finished(
        outcome=Outcome.ANSWERED if sentences else Outcome.ABSTAINED,
        text="".join(each.text for each in sentences) or "Vi hittar inget.",
        citations=[each.citations[0] for each in sentences],
    )
    worded = words(plan)
    return "".join([*map(worded.sentence, sentences), worded.rest(finished, TELLER.grounds(finished))])


@given(objects(SCHEMAS), st.booleans())
def test_what_is_said_passes_the_schema_that_was_taken(schema, answered):
    schema = {**schema, "$defs": DEFS}
    try:
        plan = plan_of(schema)
    except PydanticCustomError:
        return
    jsonschema.validate(json.loads(content(plan, SENTENCES if answered else [])), schema)


@pytest.mark.parametrize("reference", ["none", "loop"])
def test_a_reference_that_leads_nowhere_is_refused_also_as_one_choice_of_several(reference):
    choices = {"anyOf": [{"$ref": f"#/$defs/{reference}"}, {}]}
    with pytest.raises(PydanticCustomError):
        plan_of({"type": "object", "properties": {"sentences": choices}, "$defs": DEFS})


def test_a_schema_that_refers_to_itself_over_and_over_is_given_up() -> None:
    doubled = {"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}] * 50}}, "properties": {"answer": {"$ref": "#/$defs/a"}}}
    deep: dict[str, object] = {}
    for _ in range(5_000):
        deep = {"anyOf": [deep]}

    for schema in (doubled, {"properties": {"answer": deep}}):
        with pytest.raises(PydanticCustomError):
            plan_of(schema)


def test_all_that_there_is_can_be_asked_for():
    told = json.loads(content(plan_of(SHAPE), SENTENCES))

    assert told.keys() == SHAPE["properties"].keys()
    assert told["sentences"][0] == {"text": 'Ja, "alltid". [1]', "citations": [1]}


def test_an_object_of_any_kind_gets_all_there_is():
    assert plan_of({"type": "object"}) == plan_of(SHAPE)


@pytest.mark.parametrize(
    ("schema", "at"),
    [
        ({"type": "array"}, "schema.type"),
        ({"type": "object", "properties": {"answer": {"type": "integer"}}}, "schema.properties.answer.type"),
        ({"properties": {"answer": {"maxLength": 9}}}, "schema.properties.answer.maxLength"),
        ({"properties": {"outcome": {"enum": ["answered"]}}}, "schema.properties.outcome.enum"),
        ({"required": ["price"]}, "schema.properties.price"),
        (
            {"properties": {"sentences": {"items": {"required": ["x"]}}}},
            "schema.properties.sentences.items.properties.x",
        ),
        ({"additionalProperties": False}, "schema.properties"),
        ({"oneOf": []}, "schema.oneOf"),
    ],
)
def test_a_schema_that_cant_be_followed_is_refused_with_the_place(schema, at):
    with pytest.raises(PydanticCustomError) as caught:
        plan_of(schema)

    assert caught.value.context == {"name": at}
