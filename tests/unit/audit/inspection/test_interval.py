"""The exact interval, against its own definition and figures that are in every table of it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.audit.inspection.interval import exact_interval


def tail(errors: int, judged: int, rate: float) -> float:
    """P(X >= errors), term by term."""
    return sum(math.comb(judged, k) * rate**k * (1 - rate) ** (judged - k) for k in range(errors, judged + 1))


@pytest.mark.parametrize(
    ("errors", "judged", "low", "high"),
    [(0, 10, 0, 0.3085), (10, 10, 0.6915, 1), (1, 20, 0.0013, 0.2487), (5, 50, 0.0333, 0.2181)],
)
def test_it_gives_the_published_figures(errors, judged, low, high):
    assert exact_interval(errors, judged) == pytest.approx((low, high), abs=5e-5)


@given(judged=st.integers(1, 120), data=st.data(), confidence=st.floats(0.5, 0.999))
def test_each_end_leaves_half_of_the_rest_outside(judged, data, confidence):
    errors = data.draw(st.integers(0, judged))
    low, high = exact_interval(errors, judged, confidence)
    half = (1 - confidence) / 2
    assert low <= errors / judged <= high
    if errors:
        assert tail(errors, judged, low) == pytest.approx(half, rel=1e-6)
    if errors < judged:
        assert 1 - tail(errors + 1, judged, high) == pytest.approx(half, rel=1e-6)


def test_nothing_judged_says_nothing():
    assert exact_interval(0, 0) == (0, 1)


def test_large_samples_do_not_underflow():
    low, high = exact_interval(500, 100_000)
    assert 0.0045 < low < 0.005 < high < 0.0055


def test_impossible_counts_are_refused():
    for errors, judged, confidence in ((2, 1, 0.95), (-1, 1, 0.95), (0, 1, 1.0)):
        with pytest.raises(ValueError):
            exact_interval(errors, judged, confidence)
