"""A replica that fails is left alone for a while, and never for ever."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from allmanning.generate.model.pool.breaker import Breaker
from allmanning.generate.model.pool.lateness import Lateness

STEPS = st.lists(st.sampled_from(["ask", "succeeded", "failed", "left", "wait"]), max_size=60)


def opened(now: float = 0.0) -> Breaker:
    breaker = Breaker()
    for _ in range(3):
        breaker.failed(now)
    return breaker


def test_two_failures_in_a_row_are_no_pattern_and_three_are() -> None:
    breaker = Breaker()
    breaker.failed(0)
    breaker.failed(0)
    assert breaker.wait_s(0) == 0
    breaker.succeeded()
    breaker.failed(0)
    breaker.failed(0)
    assert breaker.wait_s(0) == 0
    breaker.failed(0)
    assert breaker.wait_s(0) == 2


def test_a_single_trial_decides() -> None:
    breaker = opened()
    assert breaker.wait_s(2) == 0
    breaker.ask()
    assert breaker.wait_s(2) > 0
    breaker.succeeded()
    assert breaker.closed
    assert breaker.wait_s(2) == 0


def test_a_trial_that_fails_rests_twice_as_long() -> None:
    breaker = opened()
    breaker.ask()
    breaker.failed(2)
    assert breaker.wait_s(2) == 4


def test_requests_that_fail_together_are_one_failure() -> None:
    breaker = Breaker()
    for _ in range(100):
        breaker.failed(0)
    assert breaker.wait_s(0) == 2


def test_a_trial_that_is_given_up_lets_the_next_one_try() -> None:
    breaker = opened()
    breaker.ask()
    breaker.left()
    assert breaker.wait_s(2) == 0


def test_a_server_may_ask_for_rest_without_having_failed() -> None:
    breaker = Breaker()
    breaker.told_to_wait(10, 30)
    assert breaker.closed
    assert breaker.wait_s(10) == 30
    assert breaker.wait_s(40) == 0
    breaker.told_to_wait(50, 1e9)
    assert breaker.wait_s(50) == 300


@given(STEPS)
def test_whatever_happens_it_is_asked_again_within_five_minutes(steps: list[str]) -> None:
    breaker, now = Breaker(), 0.0
    for step in steps:
        now += 1
        if step == "ask":
            breaker.ask()
        elif step == "wait":
            breaker.told_to_wait(now, 1e6)
        elif step == "failed":
            breaker.failed(now)
        elif step == "left":
            breaker.left()
        else:
            breaker.succeeded()
        assert 0 <= breaker.wait_s(now) <= 300
    breaker.left()
    assert breaker.wait_s(now + 300) == 0


@given(st.lists(st.floats(0, 100), max_size=300))
def test_most_of_the_newest_times_are_within_p95(times: list[float]) -> None:
    lateness = Lateness()
    for each in times:
        lateness.took(each)
    newest = times[-100:]
    if len(times) < 10:
        assert lateness.p95 is None
    else:
        assert lateness.p95 in newest
        assert sum(each <= lateness.p95 for each in newest) >= 0.95 * len(newest)
