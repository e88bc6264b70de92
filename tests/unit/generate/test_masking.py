"""Identifiers are covered in every spelling, and what only looks like one is left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from allmanning.generate.masking import masked


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("19121212-1212", "personnummer"),
        ("121212-1212", "personnummer"),
        ("121212+1212", "personnummer"),
        ("1212121212", "personnummer"),
        ("191212121212", "personnummer"),
        ("701063-2391", "personnummer"),
        ("121212-121X".replace("X", "3"), "personnummer"),
        ("kim@exempel.se", "e-postadress"),
        ("070-174 06 05", "telefonnummer"),
        ("+46 70 174 06 05", "telefonnummer"),
        ("4111 1111 1111 1111", "kortnummer"),
    ],
)
def test_identifiers_are_covered(text: str, kind: str) -> None:
    covered = masked(f"Jag har {text}, gäller det mig?")

    assert covered.text == f"Jag har [{kind}], gäller det mig?"
    assert covered.kinds == {kind}


@pytest.mark.parametrize(
    "text",
    ["556036-0793", "dnr BN 2024-001234", "1 kap. 2 §", "140 000 kronor", "SFS 2009:724", "2026-11-22", "20262026-1"],
)
def test_what_is_no_identifier_stays(text: str) -> None:
    assert masked(text).text == text


def test_official_test_numbers_are_all_covered(shared_data: Path) -> None:
    pins = json.loads((shared_data / "pii" / "personnummer-allPins.json").read_text())
    numbers = [str(each) if isinstance(each, str) else str(next(iter(each.values()))) for each in pins]

    assert numbers
    assert [number for number in numbers if "personnummer" not in masked(f"Nr {number}.").kinds] == []


@pytest.mark.parametrize("text", ["Min 850312-1234 är fel", "mitt personnummer är 8503121234", "19850312 1234"])
def test_a_slip_of_the_pen_does_not_let_a_number_through(text: str) -> None:
    assert "1234" not in masked(text).text
