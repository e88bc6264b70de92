"""Which log a record belongs to: one per authority and half-year, so that a whole log can be archived at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

_TIME: Final = re.compile(r"(\d{4})-(\d{2})-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
_PERIOD: Final = re.compile(r"(\d{4})h([12])([b-z]?)", re.ASCII)
_ORIGIN: Final = re.compile(r"audit\.([a-z0-9-]{1,63})\.allmanning/(\d{4}h[12][b-z]?)", re.ASCII)


def period_of(time: str) -> str:
    """`2026h1` or `2026h2` for an RFC 3339 time in UTC with milliseconds.

    The record's own time decides, not the moment it arrived: the same stream always gives the same logs.

    Raises:
        ValueError: when it is not such a time.
    """
    match = _TIME.fullmatch(time)
    if not match or not 1 <= int(match[2]) <= 12:
        raise ValueError("inte en tid i UTC med millisekunder")
    return f"{match[1]}h{1 if int(match[2]) <= 6 else 2}"


def period_after(period: str) -> str:
    """The half-year after this one.

    Raises:
        ValueError: when it is no period.
    """
    match = _matched(period)
    year, half = int(match[1]), int(match[2])
    return f"{year}h2" if half == 1 else f"{year + 1:04d}h1"


def rest_of(period: str) -> str:
    """The name of a new log for what is left of a half-year: `2026h2b` after `2026h2`, `2026h2c` after that.

    Names sort as they follow on each other.

    Raises:
        ValueError: when it is no period, or has been parted 25 times already.
    """
    match = _matched(period)
    if match[3] == "z":
        raise ValueError("halvåret har redan delats 25 gånger")
    letter = chr(ord(match[3]) + 1) if match[3] else "b"
    return f"{match[1]}h{match[2]}{letter}"


def end_of(period: str) -> datetime:
    """When a half-year is over (UTC).

    Raises:
        ValueError: when it is no period.
    """
    after = _matched(period_after(period))
    return datetime(int(after[1]), 1 if after[2] == "1" else 7, 1, tzinfo=UTC)


def _matched(period: str) -> re.Match[str]:
    match = _PERIOD.fullmatch(period)
    if not match:
        raise ValueError("inte ett halvår")
    return match


def origin_of(authority: str, period: str) -> str:
    """First line of the log's checkpoints, and the name of its key."""
    return f"audit.{authority}.allmanning/{period}"


def place_of(origin: str) -> tuple[str, str]:
    """Authority and period of one of our logs.

    Raises:
        ValueError: for an origin of somebody else's.
    """
    match = _ORIGIN.fullmatch(origin)
    if not match:
        raise ValueError(f"{origin} är inte en av våra loggar")
    return match[1], match[2]
