"""A day is taken as it is written in ISO 8601, and in no other way."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from allmanning.gateway.api.iso_day import IsoDay
from allmanning.gateway.api.query import Day, Limits

DAY = TypeAdapter(IsoDay)


def test_a_written_day_is_taken() -> None:
    assert DAY.validate_python("2028-02-29") == date(2028, 2, 29)
    assert DAY.validate_python(date(2028, 2, 29)) == date(2028, 2, 29)


@pytest.mark.parametrize(
    "value", ["0", "20261231", "2026-02-29", "2026-12-31T00:00", "٢٠٢٦-12-31", " 2026-12-31", "", 0, 1.5, True]
)
def test_nothing_else_is(value: object) -> None:
    with pytest.raises(ValidationError):
        DAY.validate_python(value)


def test_a_day_that_a_form_leaves_empty_is_none_and_the_description_says_so() -> None:
    chosen = TypeAdapter(Day)

    assert chosen.validate_python("") is None
    assert Limits(as_of="").model_dump(exclude_defaults=True) == {}
    assert chosen.validate_python("2028-02-29") == date(2028, 2, 29)
    kinds = chosen.json_schema()["anyOf"]
    assert {"const": "", "type": "string"} in kinds
    for nothing in (0, False, [], {}):
        with pytest.raises(ValidationError):
            chosen.validate_python(nothing)
