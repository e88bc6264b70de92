"""Identity numbers in every spelling, the mistyped among them, and nothing that only looks like one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from allmanning.index.personal.check_digits import luhn
from allmanning.index.personal.identity import identity_numbers


def _found(text: str) -> list[tuple[str, bool]]:
    return [(text[each.start : each.end], each.valid) for each in identity_numbers(text)]


@pytest.mark.parametrize(
    "number",
    [
        "19121212-1212",
        "191212121212",
        "121212-1212",
        "121212+1212",
        "1212121212",
        "121212 1212",
        "19121212 1212",
        "121212–1212",
        "121212\u20111212",
        "121212-\n1212",
        "701063-2391",
        "1912-12-12-1212",
    ],
)
def test_a_valid_number_is_found_however_it_is_written(number: str) -> None:
    assert _found(f"Den som har {number}, får besked.") == [(number, True)]


@pytest.mark.parametrize(
    "place", ["beslut 850312-1234.pdf", "Ärende 850312-1234", "beslut_850312-1234", "akt: 850312-1234"]
)
def test_words_about_cases_alone_hide_no_number(place: str) -> None:
    assert _found(place) == [("850312-1234", False)]


@pytest.mark.parametrize("number", ["850312-1234", "19850312-1234", "198503121234", "850372-1234", "850312+1234"])
def test_a_number_with_a_wrong_digit_is_found_and_told_apart(number: str) -> None:
    assert _found(f"Den som har {number}, får besked.") == [(number, False)]


@pytest.mark.parametrize(
    "text", ["personnummer 8503121234", "(pnr: 850312 1234)", "personnumret är 850231-1234", "Personnr 85031-1234"]
)
def test_after_a_label_more_is_believed(text: str) -> None:
    assert [valid for _, valid in _found(text)] == [False]


@pytest.mark.parametrize(
    "text",
    [
        "organisationsnummer/personnummer 556036-0793",
        "165560360793",
        "dnr 850312-1234",
        "ärendenummer 850312-1234",
        "beslutsid: 20240115-1234",
        "OCR-nummer: 1212121212",
        "tel. 0701052383",
        "8503121234",
        "850312 1234",
        "2024-05-13 1400",
        "20991231-1234",
        "240101-1231",
        "A850312-1234",
        "850312-12345",
        "1850312-1234",
        "850312-1234-5",
        "+468503121234",
    ],
)
def test_what_may_be_something_else_is_left(text: str) -> None:
    assert _found(text) == []


@given(
    st.dates(date(1910, 1, 1), date(2025, 12, 31)), st.integers(1, 999), st.sampled_from(["%Y%m%d", "%y%m%d"]),
    st.booleans(),
)  # fmt: skip
def test_everybody_with_a_hyphen_or_a_century_is_found(born: date, serial: int, style: str, hyphen: bool) -> None:
    digits = f"{born:%y%m%d}{serial:03}"
    check = next(digit for digit in "0123456789" if luhn(digits + digit))
    number = f"{born:{style}}{'-' if hyphen or style == '%y%m%d' else ''}{serial:03}{check}"
    assume(not (born.day == 1 and f"{serial:03}{check}"[2:] in {"28", "29", "30", "31"}))

    assert _found(f"Hen med {number} har rätt.") == [(number, True)]
