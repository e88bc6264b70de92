"""When what is kept falls due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from allmanning.audit.forgetting.retention import FLOOR_DAYS, after, first_day, is_due, is_floored, last_due, months
from allmanning.audit.forgetting.targets import _id_at
from allmanning.runtime.identity import uuid7

DAYS = st.dates(date(2024, 1, 1), date(2040, 12, 31))


def test_a_class_of_a_year_goes_when_a_year_has_passed_since_the_end_of_the_month():
    assert not is_due("2025-01", 365, date(2026, 1, 31))
    assert is_due("2025-01", 365, date(2026, 2, 1))
    assert not is_due("1999-01", None, date(2026, 2, 1))
    assert list(months("2025-11", "2026-02")) == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert list(months("2026-02", "2026-01")) == []
    assert last_due(None, date(2026, 1, 1)) == ""


@given(today=DAYS, keep=st.integers(1, 4_000))
def test_the_newest_month_that_is_due_is_due_and_the_one_after_is_not(today, keep):
    newest = last_due(keep, today)
    assert is_due(newest, keep, today)
    assert not is_due(after(newest), keep, today)


@given(today=DAYS)
def test_the_floor_is_six_months_at_least(today):
    month = last_due(FLOOR_DAYS, today)
    assert not is_floored(month, today)
    assert is_floored(after(month), today)
    # The longest six months there are: from 1 March or 1 July.
    assert timedelta(FLOOR_DAYS) >= timedelta(184)
    assert today - first_day(after(month)) >= timedelta(FLOOR_DAYS)


def test_ids_are_found_by_their_day():
    today = datetime.now(UTC).date()
    assert _id_at(today - timedelta(1)) < uuid7() < _id_at(today + timedelta(2))
