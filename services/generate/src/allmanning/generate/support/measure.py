"""What is measured in one unit and said in another: two weeks are 14 days, and 90 centimetres .9 metres."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

# By the name of a unit in `figures`: what it measures, and how many of the smallest of these it is. A month is no
# number of days, and a day of work none of hours.
_UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "second": ("duration", "1"), "minute": ("duration", "60"), "hour": ("duration", "3600"),
    "day": ("duration", "86400"), "week": ("duration", "604800"),
    "month": ("months", "1"), "year": ("months", "12"),
    "millimetre": ("length", "1"), "centimetre": ("length", "10"), "metre": ("length", "1000"),
    "kilometre": ("length", "1000000"),
    "gram": ("mass", "1"), "kilogram": ("mass", "1000"), "tonne": ("mass", "1000000"),
}  # fmt: skip


@lru_cache(maxsize=8_000)
def measured(kind: str, value: str) -> tuple[str, str]:
    """What is measured, and its value in the smallest unit; what has no other unit stays as it is."""
    if kind not in _UNITS:
        return kind, value
    measure, size = _UNITS[kind]
    try:
        return measure, format((Decimal(value) * Decimal(size)).normalize(), "f")
    except InvalidOperation:
        return kind, value
