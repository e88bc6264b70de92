"""Which day it is at the authorities, also when the servers run on UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

SWEDEN: Final = ZoneInfo("Europe/Stockholm")


def today(now: datetime | None = None) -> date:
    """The day in Sweden at `now`, which says its zone; without it, this moment."""
    return (now or datetime.now(UTC)).astimezone(SWEDEN).date()


def beginning(day: date) -> datetime:
    """The moment a day begins in Sweden."""
    return datetime.combine(day, time(), SWEDEN)
