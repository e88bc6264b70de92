"""Bars stand on their line, within the picture, as high as their numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from allmanning.gateway.pages.auditor.chart import HEIGHT, WIDTH, chart


@given(st.lists(st.integers(0, 10**9), max_size=400))
def test_every_bar_fits_and_is_to_scale(numbers):
    drawn = chart([(f"2026-{at}", number) for at, number in enumerate(numbers)])

    assert [bar.number for bar in drawn.bars] == numbers
    for bar in drawn.bars:
        assert -0.01 <= bar.x <= bar.x + bar.width <= WIDTH + 0.01
        assert abs(bar.y + bar.height - HEIGHT) < 0.02
        assert abs(bar.height / HEIGHT - bar.number / drawn.top) < 0.001
    assert sum(1 for bar in drawn.bars if bar.label) <= 6
