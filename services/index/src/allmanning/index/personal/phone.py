"""Telephone numbers: Swedish ones in every grouping, and foreign ones that begin with +."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from allmanning.index.personal.found import PHONE, Found
from allmanning.index.personal.surroundings import Surroundings

_GAP: Final = r"[ \xa0\u2009\u202f]?[-‐‑–.]?[ \xa0\u2009\u202f]?"
_NATIONAL: Final = re.compile(
    r"(?<![^\W_])(?<![\d.,:/§+-])(?<!\d )\(?0(?P<area>8|[1-9]\d{1,2})\)?"
    rf"(?P<gap>/|{_GAP})(?P<rest>[1-9]\d{{0,7}}(?:{_GAP}\d{{2,4}}){{0,3}})"
    r"(?!\d|[-/:.,]\d|\s?(?:kr|kronor|SEK|%|§|procent)\b)"
)
# Grouped by spaces after a hyphen nothing else is written so, even where no such area is known.
_GROUPED: Final = re.compile(
    r"(?<![\w.,:/§+-])(?<!\d )0\d{1,3}[-‐‑–/]\d{2,3}(?:[ \xa0]\d{2,3}){1,3}(?![\w-]|[.,:/]\d|[ \xa0]\d)"
)
_SWEDISH_ABROAD: Final = re.compile(
    rf"(?<![\w+])(?:\+|00)46{_GAP}(?:\(0\){_GAP}|0(?=\d))?\(?[1-9]\d{{0,2}}\)?(?:{_GAP}\d{{1,4}}){{1,5}}(?![\d])"
)
_FOREIGN: Final = re.compile(rf"(?<![\w+])\+(?!46)[1-9]\d{{0,2}}(?:{_GAP}\(?\d{{1,4}}\)?){{2,5}}(?!\d)")
_LOCAL: Final = re.compile(rf"(?<![\w.,:/-])(?<!\d )[1-9]\d{{1,2}}{_GAP}\d{{2,3}}{_GAP}\d{{2,3}}(?![\w-]|[.,:/]\d)")
_MOBILE: Final = re.compile("7[02369]")


def phone_numbers(text: str) -> Iterator[Found]:
    for pattern in (_SWEDISH_ABROAD, _FOREIGN):
        for match in pattern.finditer(text):
            if 8 <= len(_digits(match[0])) <= 15:
                yield Found(PHONE, match.start(), match.end())
    for match in _NATIONAL.finditer(text):
        if _is_national(match, Surroundings(text, match.start(), match.end())):
            yield Found(PHONE, match.start(), match.end())
    for match in _GROUPED.finditer(text):
        around = Surroundings(text, match.start(), match.end())
        if 7 <= len(_digits(match[0])) <= 11 and (around.phone() or not around.reference()):
            yield Found(PHONE, match.start(), match.end())
    for match in _LOCAL.finditer(text):
        # 123 45 67 is a telephone number only where somebody says so.
        if 6 <= len(_digits(match[0])) <= 8 and Surroundings(text, match.start(), match.end()).phone():
            yield Found(PHONE, match.start(), match.end())


def _is_national(match: re.Match[str], around: Surroundings) -> bool:
    digits = _digits(match[0])
    called = around.phone()
    if around.reference() and not called:
        return False
    if not match["gap"].strip("()") and match["rest"].isdigit():
        # Nothing but digits: a number of that length, as mobiles and most places have.
        return len(digits) == 10 or (len(digits) == 9 and (called or not _MOBILE.match(digits[1:])))
    if _MOBILE.match(digits[1:]):
        return 9 <= len(digits) <= 11
    return 8 <= len(digits) <= 10


def _digits(written: str) -> str:
    return re.sub(r"\D", "", written)
