"""A day as the API takes it: 2026-12-31 and nothing else."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Final, TypeAlias

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

_WRITTEN: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _written_out(value: object) -> object:
    # Pydantic also takes a number as seconds since 1970: 20261231 would be a day in August that year.
    day = isinstance(value, date) and not isinstance(value, datetime)
    if not day and not (isinstance(value, str) and _WRITTEN.fullmatch(value)):
        raise PydanticCustomError("date_parsing", "a day is written 2026-12-31")
    return value


IsoDay: TypeAlias = Annotated[date, BeforeValidator(_written_out)]
