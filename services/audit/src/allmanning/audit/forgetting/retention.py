"""Retention classes: what each means, and when what is in it falls due.

The names are those of Swedish archives: B is preserved (bevaras), G1 goes (gallras) after 1 year, G3 after 3.
Time runs from the end of the record's month, so that a month goes at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from allmanning.runtime.retention import CLASSES

# Logs of a high-risk system are kept for six months at least (AI Act 26.6).
FLOOR_DAYS: Final = 184
CLASS: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MONTH: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Retention:
    """One class. `keep_days` None: preserved. `id` empty: the platform's default, by which nothing may be erased."""

    name: str
    meaning: str
    keep_days: int | None
    plan_item: str = ""
    plan_version: str = ""
    decision_dnr: str = ""
    id: str = ""
    decided: bool = False


_KEEP_DAYS: Final[Mapping[str, int | None]] = {"B": None, "G1": 365, "G3": 1_095}
DEFAULTS: Final = tuple(Retention(name, meaning, _KEEP_DAYS[name]) for name, meaning in CLASSES.items())


def is_month(text: str) -> bool:
    return bool(_MONTH.fullmatch(text))


def month_of(time: str) -> str:
    """`2026-11` of a record's time."""
    return time[:7]


def first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def after(month: str) -> str:
    """The month after."""
    return (first_day(month) + timedelta(31)).isoformat()[:7]


def months(first: str, last: str) -> Iterator[str]:
    """Every month from `first` to `last`, both included."""
    while first <= last:
        yield first
        first = after(first)


def is_due(month: str, keep_days: int | None, today: date) -> bool:
    """Whether records of a month have been kept for long enough; never, when they are preserved."""
    return keep_days is not None and first_day(after(month)) + timedelta(keep_days) <= today


def is_floored(month: str, today: date) -> bool:
    """Whether records of a high-risk use must be kept still."""
    return first_day(after(month)) + timedelta(FLOOR_DAYS) > today


def last_due(keep_days: int | None, today: date) -> str:
    """The newest month that is due; empty when none ever is."""
    if keep_days is None:
        return ""
    month = (today - timedelta(keep_days)).isoformat()[:7]
    # The month in which the last day to keep falls is not over.
    return (first_day(month) - timedelta(1)).isoformat()[:7]
