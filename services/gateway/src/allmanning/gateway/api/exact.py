"""Numbers and yes or no in a body: of the type that the description names, and of no other.

Pydantic would take `"5"` and `true` for 5, and `1` and `"off"` for a truth value. A program that mixes them up hears of
it here, and not from what was done with what it did not mean.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Strict
from pydantic_core import PydanticCustomError


def _whole(value: object) -> object:
    # JSON has one kind of number: 5.0 is a whole one (JSON Schema 2020-12, 6.1.1).
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("int_type", "a whole number is wanted")
    return value


Whole: TypeAlias = Annotated[int, BeforeValidator(_whole)]
Real: TypeAlias = Annotated[float, Strict()]
YesNo: TypeAlias = Annotated[bool, Strict()]
