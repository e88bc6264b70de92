"""Time grows with the length of a text, whatever stands in it."""

from __future__ import annotations

import time

import pytest

from allmanning.index.personal.detect import detect

_CHARACTERS = 200_000


@pytest.mark.parametrize(
    "unit",
    ["a", "1", "1 ", "Aa ", "Aagatan ", "0", "08-1 ", "+1 1", "@", "a.", "-", "850312-1234 ", "konto 1234 ", "A1 "],
)
def test_many_hostile_characters_take_little_processor_time(unit: str) -> None:
    started = time.process_time()
    detect(unit * (_CHARACTERS // len(unit)))

    # A quadratic pattern looks at 20 milliards of places; ten times what the slowest takes here.
    assert time.process_time() - started < 12
