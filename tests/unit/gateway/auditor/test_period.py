"""A period is of Swedish days, whole ones, whatever the clock in the log says."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from allmanning.gateway.pages.auditor.period import Period, _chosen, newest, ready_made
from allmanning.runtime.errors import InvalidInput


def test_days_begin_and_end_at_swedish_midnight():
    winter, summer = Period(date(2026, 1, 1), date(2026, 1, 31)), Period(date(2026, 7, 1), date(2026, 7, 1))

    assert (winter.opened_from, winter.opened_to) == ("2025-12-31T23:00:00.000Z", "2026-01-31T23:00:00.000Z")
    assert (summer.opened_from, summer.opened_to) == ("2026-06-30T22:00:00.000Z", "2026-07-01T22:00:00.000Z")


def test_an_open_period_has_no_limits():
    assert (Period().opened_from, Period().opened_to, Period().query) == ("", "", {})


def test_the_newest_thirty_days_end_today_in_sweden():
    assert newest(datetime(2026, 11, 27, 23, 30, tzinfo=UTC)) == Period(date(2026, 10, 30), date(2026, 11, 28))


def test_ready_made_periods_meet_at_the_turn_of_the_year():
    chosen = dict(ready_made(date(2026, 1, 3)))

    assert chosen["Förra månaden"] == Period(date(2025, 12, 1), date(2025, 12, 31))
    assert chosen["I år"] == Period(date(2026, 1, 1), date(2026, 1, 3))


@pytest.mark.parametrize(("first", "last"), [("igår", ""), ("2026-02-30", ""), ("2026-02-02", "2026-02-01")])
def test_what_is_no_period_is_refused(first, last):
    with pytest.raises(InvalidInput) as refused:
        _chosen(first, last)

    assert refused.value.code == "period.invalid"
