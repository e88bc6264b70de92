"""Personnummer, samordningsnummer (day plus 60, SKV 707) and interim numbers with a letter, also mistyped ones.

Most numbers in real letters would not pass a check: a digit is wrong, the century is missing, a blank stands for the
hyphen. They are found by their shape, a plausible date and what stands around them; `valid` tells them apart.
An organisation number has a third digit of at least 2, and so never a plausible month.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

from allmanning.index.personal.check_digits import luhn
from allmanning.index.personal.found import PERSONNUMMER, Found
from allmanning.index.personal.surroundings import Surroundings

_DASH: Final = r"-\u2010-\u2015\u2212\u00ad"
_WRITTEN: Final = re.compile(
    rf"(?<![^\W_])(?<!\d[{_DASH}.,:/])(?<![+])(?P<century>18|19|20)?"
    rf"(?P<year>\d\d)(?P<inner>[{_DASH} ./]?)(?P<month>\d\d)(?P=inner)(?P<day>\d\d)"
    rf"(?P<gap>[ \t\xa0\u202f]?\n?[{_DASH}+][ \t\xa0\u202f]?\n?|[ \t\xa0\u202f]{{1,2}})?"
    rf"(?P<number>[\dTRSUWXJKLMN]\d{{3}})(?![^\W_]|[{_DASH}/:]\d|[.,]\d)"
)
# After a label, whatever somebody could have meant to be one.
_LABELLED: Final = re.compile(
    rf"(?<![^\W_])(?<!\d[{_DASH}])"
    rf"(?:\d{{5,8}}[ ]?[{_DASH}+][ ]?[\dTRSUWXJKLMN]\d{{2,4}}|\d{{9,13}})(?![^\W_]|[{_DASH}]\d)"
)
_ORGANISATION: Final = re.compile(rf"(?:16)?\d\d[2-9]\d{{3}}[{_DASH} ]{{0,3}}\d{{4}}")
_MOBILE: Final = re.compile("07[02369]")
_OLDEST: Final = 1880
_COORDINATION: Final = 60


def identity_numbers(text: str) -> Iterator[Found]:
    """Identity numbers in order of place, none overlapping."""
    last = 0
    for match in _WRITTEN.finditer(text):
        if _is_one(match, Surroundings(text, match.start(), match.end())):
            yield from _mistyped(text, last, match.start())
            yield Found(PERSONNUMMER, match.start(), match.end(), _checks(match))
            last = match.end()
    yield from _mistyped(text, last, len(text))


def _mistyped(text: str, start: int, end: int) -> Iterator[Found]:
    """Numbers after a label that have a digit too few, too many, or a date that does not exist."""
    for match in _LABELLED.finditer(text, start, end):
        organisation = _ORGANISATION.fullmatch(match[0])
        if not organisation and Surroundings(text, match.start(), match.end()).person():
            yield Found(PERSONNUMMER, match.start(), match.end(), valid=False)


def _is_one(match: re.Match[str], around: Surroundings) -> bool:
    if not _is_plausible(match):
        return False
    if around.person():
        return True
    if around.reference():
        return False
    if match["inner"]:
        return _is_spelled_out(match, around)
    joined = bool((match["gap"] or "").strip())
    if not match["number"].isdigit():
        # Letters are rare enough in numbers, but not in codes of ten characters.
        return joined or bool(match["century"]) or luhn(_digits(match))
    if _is_period(match):
        return False
    return joined or _is_unjoined(match, around)


def _is_spelled_out(match: re.Match[str], around: Surroundings) -> bool:
    """1985-03-12-1234. With anything else between, it may be a date and a time."""
    joined = match["inner"] not in " ./" and bool((match["gap"] or "").strip()) and bool(match["century"])
    return joined and (luhn(_digits(match)) or around.named())


def _is_unjoined(match: re.Match[str], around: Surroundings) -> bool:
    """8503121234 or 850312 1234: nothing but digits, like many other numbers."""
    valid = luhn(_digits(match))
    near = around.person_near()
    if match["century"]:
        return valid or near or around.named() or not _is_time(match)
    if around.phone() and match["year"].startswith("0"):
        return False
    mobile = not match["gap"] and _MOBILE.match(match[0])
    return valid or near or (around.named() and not mobile)


def _is_plausible(match: re.Match[str]) -> bool:
    month, day = int(match["month"]), int(match["day"])
    # Without a century any leap day will do.
    year = int(match["century"] + match["year"]) if match["century"] else 2000
    today = datetime.now(UTC).date()
    if not _OLDEST <= year <= today.year:
        return False
    if day >= _COORDINATION:
        # A day or month that nobody knows is 0.
        return month <= 12 and day <= _COORDINATION + 31
    try:
        return date(year, month, day) <= today or not match["century"]
    except ValueError:
        return False


def _digits(match: re.Match[str]) -> str:
    # Skatteverket counts the letter of an interim number as 1.
    return match["year"] + match["month"] + match["day"] + re.sub(r"\D", "1", match["number"])


def _checks(match: re.Match[str]) -> bool:
    # 000 was never given out.
    return luhn(_digits(match)) and match["number"][:3] != "000"


def _is_time(match: re.Match[str]) -> bool:
    """202411151230: a date and a time of day."""
    number = match["number"]
    return match["century"] == "20" and number.isdigit() and int(number[:2]) < 24 and int(number[2:]) < 60


def _is_period(match: re.Match[str]) -> bool:
    """240101-1231: from the first of a month to the last of one."""
    month, day = int(match["number"][:2]), int(match["number"][2:])
    return match["day"] == "01" and month <= 12 and day in {28, 29, 30, 31} and month >= int(match["month"])
