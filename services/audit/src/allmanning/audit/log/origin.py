"""Which log a record belongs to: one per authority and half-year, so that a whole log can be archived at once."""

from __future__ import annotations

import re
from typing import Final

_TIME: Final = re.compile(r"(\d{4})-(\d{2})-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")


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


def origin_of(authority: str, period: str) -> str:
    """First line of the log's checkpoints, and the name of its key."""
    return f"audit.{authority}.allmanning/{period}"
