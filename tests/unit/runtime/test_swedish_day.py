"""The day at the authorities."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from allmanning.runtime.swedish_day import SWEDEN, today


@pytest.mark.parametrize(
    ("now", "day"),
    [
        # Summer time is two hours ahead of UTC, winter time one.
        (datetime(2026, 6, 30, 21, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2027, 1, 1, 0, 0, tzinfo=SWEDEN), date(2027, 1, 1)),
    ],
)
def test_the_day_begins_at_midnight_in_sweden(now: datetime, day: date) -> None:
    assert today(now) == day
