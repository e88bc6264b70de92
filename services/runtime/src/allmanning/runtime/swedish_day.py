"""Which day it is at the authorities, also when the servers run on UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

SWEDEN: Final = ZoneInfo("Europe/Stockholm")


def today(now: datetime | None = None) -> date:
    """The day in Sweden at `now`, which says its zone; without it, this moment."""
    return (now or datetime.now(UTC)).astimezone(SWEDEN).date()
