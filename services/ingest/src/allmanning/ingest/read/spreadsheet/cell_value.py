"""A number in a cell, written as the spreadsheet shows it: a date, a share, a rounded amount."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format  # type: ignore[import-untyped]
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel  # type: ignore[import-untyped]

# "0.00", "# ##0", "#,##0.0 kr": how many decimals are shown.
_DECIMALS: Final = re.compile(r"[#0?][#0?, \u00a0]*(?:\.([0#?]+))?")
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_SHOWS_NOTHING: Final = re.compile(r"\s*;\s*;[\s;]*")


def format_of(number: int, own: dict[int, str]) -> str:
    """The format code with this number: the workbook's own, or one of those every workbook has."""
    return own.get(number) or str(BUILTIN_FORMATS.get(number, "General"))


@lru_cache(maxsize=1000)
def shows_nothing(code: str) -> bool:
    """Whether a cell with this format looks empty whatever it holds."""
    return _SHOWS_NOTHING.fullmatch(code) is not None


def number_text(number: float, code: str, *, from_1904: bool = False) -> str:
    """The number as it is shown with the format `code`; dates as 2026-01-31."""
    shown = _shown_as(code)
    if shown.kind == "date":
        return _date_text(number, from_1904=from_1904) or _plain(number)
    if shown.kind == "share":
        return f"{_rounded(number * 100, shown.decimals)} %"
    return _rounded(number, shown.decimals) if shown.kind == "rounded" else _plain(number)


class _Shown(NamedTuple):
    kind: str
    decimals: int = 0


@lru_cache(maxsize=1000)
def _shown_as(code: str) -> _Shown:
    if is_date_format(code):
        return _Shown("date")
    shape = _QUOTED.sub("", code.split(";", maxsplit=1)[0])
    match = _DECIMALS.search(shape)
    decimals = len(match[1] or "") if match else 0
    if "%" in shape:
        return _Shown("share", decimals)
    if match and "E" not in shape and "/" not in shape:
        return _Shown("rounded", decimals)
    return _Shown("plain")


def _date_text(number: float, *, from_1904: bool) -> str:
    try:
        moment = from_excel(number, CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900)
    except (ValueError, OverflowError):
        return ""
    if isinstance(moment, datetime):
        at_midnight = moment.time() == time(0)
        return moment.date().isoformat() if at_midnight else moment.isoformat(" ", "minutes")
    if isinstance(moment, timedelta):
        return str(moment)
    return str(moment.isoformat("minutes")) if isinstance(moment, time) else ""


def _rounded(number: float, decimals: int) -> str:
    text = f"{number:.{min(decimals, 10)}f}"
    return text.rstrip("0").rstrip(".") if "." in text and decimals > 2 else text


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else f"{number:.12g}"
