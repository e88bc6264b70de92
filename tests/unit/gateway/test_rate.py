"""Nobody is allowed more than the rate, and nobody is refused who keeps to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from allmanning.gateway.rate import Rate


def test_a_full_window_is_allowed_at_once_and_then_one_at_a_time():
    rate = Rate(4, 60)

    assert [rate.call("a", 0).left for _ in range(4)] == [3, 2, 1, 0]
    refused = rate.call("a", 0)
    assert (refused.allowed, refused.left, round(refused.wait_s), round(refused.full_in_s)) == (False, 0, 15, 60)
    assert rate.call("a", 15.001).allowed
    assert not rate.call("a", 16).allowed
    assert rate.call("b", 16).left == 3


@given(st.lists(st.floats(0, 30), min_size=1, max_size=80), st.integers(1, 20))
def test_in_no_window_are_more_than_twice_the_limit_allowed_and_refusals_cost_nothing(waits, limit):
    rate, now, allowed = Rate(limit, 60), 0.0, []
    for wait in waits:
        now += wait
        standing = rate.call("a", now)
        assert 0 <= standing.left <= limit
        if standing.allowed:
            allowed.append(now)
        else:
            assert 0 < standing.wait_s <= 60 / limit + 1e-6

    for start in allowed:
        assert sum(start <= each < start + 60 for each in allowed) <= 2 * limit


@given(st.integers(1, 100))
def test_who_keeps_to_the_rate_is_never_refused(limit):
    rate = Rate(limit, 60)

    assert all(rate.call("a", number * 60 / limit).allowed for number in range(3 * limit))
