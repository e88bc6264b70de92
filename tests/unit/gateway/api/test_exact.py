"""What a body holds is of the type that the description names: in every body of every call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from allmanning.gateway import api
from allmanning.gateway.api.exact import Real, Whole, YesNo

WRONG = {int: ("5", True, "true", 5.5), float: ("0.5", True), bool: ("true", "off", 1, 0, 1.0)}


def models(kind: object) -> Iterator[type[BaseModel]]:
    """The models in a type, and those inside them."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for each in kind.model_fields.values():
            yield from models(each.annotation)
    for each in get_args(kind):
        yield from models(each)


def bodies() -> dict[str, FieldInfo]:
    """Each field of each body, by where it stands."""
    found: dict[str, FieldInfo] = {}
    for route in iter_route_contexts(api.router.routes):
        dependant = getattr(route.original_route, "dependant", None)
        for param in dependant.body_params if dependant else ():
            for model in models(param.field_info.annotation):
                found |= {f"{model.__name__}.{name}": field for name, field in model.model_fields.items()}
    return found


def wrongly_taken(name: str, field: FieldInfo) -> Iterator[str]:
    kinds = {field.annotation, *get_args(field.annotation)}
    kinds |= {inner for each in kinds for inner in get_args(each)}
    for kind in kinds & WRONG.keys():
        for value in WRONG[kind]:
            if isinstance(value, (*kinds & {str, bool},)):
                continue
            try:
                TypeAdapter(field.rebuild_annotation()).validate_python(value)
            except ValidationError:
                continue
            yield f"{name} takes {value!r} for {kind.__name__}"


def test_no_body_takes_a_text_for_a_number_or_a_number_for_yes():
    fields = bodies()

    assert len(fields) > 150
    assert [wrong for name, field in fields.items() for wrong in wrongly_taken(name, field)] == []


def test_what_json_has_one_kind_of_is_one_kind():
    assert TypeAdapter(Whole).validate_python(5.0) == 5
    assert TypeAdapter(Real).validate_python(1) == 1.0
    assert TypeAdapter(YesNo).validate_python(False) is False


@pytest.mark.parametrize(
    ("kind", "schema"), [(Whole, {"type": "integer"}), (Real, {"type": "number"}), (YesNo, {"type": "boolean"})]
)
def test_the_description_says_the_same(kind, schema):
    assert TypeAdapter(kind).json_schema() == schema
