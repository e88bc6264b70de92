"""Time grows with the length of a text, whatever stands in it."""

from __future__ import annotations

import time

import pytest

from allmanning.index.personal.detect import detect

_CHARACTERS = 1_000_000


@pytest.mark.parametrize(
    "unit",
    ["a", "1", "1 ", "Aa ", "Aagatan ", "0", "08-1 ", "+1 1", "@", "a.", "-", "850312-1234 ", "konto 1234 ", "A1 "],
)
def test_a_million_hostile_characters_take_seconds_of_processor_time(unit: str) -> None:
    started = time.process_time()
    detect(unit * (_CHARACTERS // len(unit)))

    # Quadratic patterns take hours; ten times what the slowest takes here.
    assert time.process_time() - started < 60
