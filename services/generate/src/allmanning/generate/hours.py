"""Opening hours as an operator writes them, "måndag–torsdag 8.00–17.00, fredag 8–15", in other words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

_DAYS: Final = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_SETS: Final = {"vardag": (0, 4), "helg": (5, 6), "alla dag": (0, 6)}
_TIME: Final = r"(\d{1,2})(?:[.:](\d\d))?"
_PART: Final = re.compile(rf"(\D+?)\s+(?:kl(?:ockan|\.)?\s+)?{_TIME}\s?[–-]\s?{_TIME}")
_PLURAL: Final = re.compile(r"(ar|arna|en)$")
_MIDNIGHT: Final = 24


@dataclass(frozen=True)
class Open:
    """Weekdays from `first` to `last` (0: Monday), and from when to when on each, in minutes of the day."""

    first: int
    last: int
    begins: int
    ends: int


def hours(written: str) -> Sequence[Open]:
    """As they are written; empty when they can't be read in full."""
    found = [_part(each) for each in written.lower().strip(" .").split(", ")]
    return [each for each in found if each is not None] if None not in found else []


def in_words(known: Sequence[Open], days: Sequence[str], point: str = ":") -> str:
    """With the names of the days, Monday first, in another language."""
    return ", ".join(
        f"{days[each.first]}{f'–{days[each.last]}' if each.last != each.first else ''}"
        f" {clock(each.begins, point)}–{clock(each.ends, point)}"
        for each in known
    )


def opens(known: Sequence[Open], now: datetime) -> datetime | None:
    """When it opens next, by the ordinary hours; None while it is open, or when they are not known."""
    if any(begin <= now < end for begin, end in _around(known, now)):
        return None
    return min((begin for begin, _ in _around(known, now) if begin > now), default=None)


def clock(minutes: int, point: str = ":") -> str:
    """8:00."""
    return f"{minutes // 60}{point}{minutes % 60:02}"


def _around(known: Sequence[Open], now: datetime) -> list[tuple[datetime, datetime]]:
    """Each time that it is open, for the week from today."""
    midnights = [datetime.combine(now.date() + timedelta(days=each), time(), now.tzinfo) for each in range(8)]
    return [
        (midnight + timedelta(minutes=part.begins), midnight + timedelta(minutes=part.ends))
        for midnight in midnights
        for part in known
        if part.first <= midnight.weekday() <= part.last
    ]


def _part(written: str) -> Open | None:
    match = _PART.fullmatch(written.strip())
    if match is None:
        return None
    days = _days(match[1].strip())
    begins, ends = (int(match[each]) * 60 + int(match[each + 1] or 0) for each in (2, 4))
    if days is None or not begins < ends <= _MIDNIGHT * 60:
        return None
    return Open(*days, begins, ends)


def _days(written: str) -> tuple[int, int] | None:
    singular = _PLURAL.sub("", written)
    if singular in _SETS:
        return _SETS[singular]
    first, _, last = (_PLURAL.sub("", each.strip()) for each in re.sub(r"[–-]| till ", "–", written).partition("–"))
    if first not in _DAYS or (last or first) not in _DAYS:
        return None
    found = _DAYS.index(first), _DAYS.index(last or first)
    return found if found[0] <= found[1] else None
