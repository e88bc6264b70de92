"""A bar chart: where each bar stands, in the units of its own picture. The template draws it in the page's colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 180
_MOST_LABELS: Final = 6
_GAP: Final = 0.25


@dataclass(frozen=True)
class Bar:
    """A bar; `label` is empty where there is no room for it."""

    x: float
    y: float
    width: float
    height: float
    name: str
    label: str
    number: int


@dataclass(frozen=True)
class Chart:
    """Bars from the left, and the number at the top of the scale."""

    bars: Sequence[Bar]
    top: int
    width: int = WIDTH
    height: int = HEIGHT


def chart(values: Sequence[tuple[str, int]]) -> Chart:
    """A chart of names and numbers, in their order."""
    top = _round_top(max((number for _, number in values), default=0))
    step = WIDTH / max(1, len(values))
    every = -(-len(values) // _MOST_LABELS)
    return Chart(
        [
            Bar(
                x=round(place * step + step * _GAP / 2, 2),
                y=round(HEIGHT * (1 - number / top), 2),
                width=round(step * (1 - _GAP), 2),
                height=round(HEIGHT * number / top, 2),
                name=name,
                label=name if place % every == 0 else "",
                number=number,
            )
            for place, (name, number) in enumerate(values)
        ],
        top,
    )


def _round_top(most: int) -> int:
    """The first of 1, 2, 5, 10, 20, … that is not less."""
    scale = 1
    while True:
        for factor in (1, 2, 5):
            if factor * scale >= most:
                return factor * scale
        scale *= 10
