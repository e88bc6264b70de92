"""Cover personal identifiers in a question before a model, a search or a log sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

# A dash, a plus (over 100 years old) or a space between date and number, or nothing.
_SWEDISH_ID = re.compile(
    r"(?<![\d-])(?P<century>18|19|20)?(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)(?P<gap>\s?[-+–]\s?|\s)?"
    r"(?P<number>[\dTRSUWXJKLMN]\d{3})(?![\d-])"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\d/:-])(?:\+46|0046|0)\s?\(?0?\)?(?:7[02369]|[1-9]\d{0,2})\)?(?:[\s-]?\d){5,8}(?![\d-])")
_CARD = re.compile(r"(?<!\d)(?:\d{4}[ -]?){3}\d{4}(?!\d)")


@dataclass(frozen=True)
class Masked:
    """A text without its identifiers, and which kinds there were."""

    text: str
    kinds: frozenset[str]


def masked(text: str) -> Masked:
    """Replace personnummer, samordningsnummer, card numbers, e-mail addresses and phone numbers by what they are.

    Numbers that look like a date and four digits but can be no personnummer (organisation numbers, references) stay.
    """
    kinds: set[str] = set()

    def cover(kind: str, valid: Callable[[re.Match[str]], bool]) -> Callable[[re.Match[str]], str]:
        def replace(match: re.Match[str]) -> str:
            if not valid(match):
                return match.group()
            kinds.add(kind)
            return f"[{kind}]"

        return replace

    text = _EMAIL.sub(cover("e-postadress", lambda _: True), text)
    text = _CARD.sub(cover("kortnummer", lambda match: _luhn(re.sub(r"\D", "", match.group()))), text)
    text = _SWEDISH_ID.sub(cover("personnummer", _is_swedish_id), text)
    text = _PHONE.sub(cover("telefonnummer", _is_phone), text)
    return Masked(text, frozenset(kinds))


def _is_swedish_id(match: re.Match[str]) -> bool:
    month, day, number = int(match["month"]), int(match["day"]), match["number"]
    if day > 60:
        # Samordningsnummer (SKV 707): day of birth plus 60.
        day -= 60
    if not _is_date(match["century"], int(match["year"]), month, day):
        return False
    if match["century"] or (match["gap"] or "").strip() or not number.isdigit():
        # So written it is meant as one; a slip of the pen must not let it through.
        return True
    return _luhn(match["year"] + match["month"] + match["day"] + number)


def _is_date(century: str | None, year: int, month: int, day: int) -> bool:
    # Without a century any leap day will do.
    try:
        date(int(century or "20") * 100 + year if century else 2000, month, day)
    except ValueError:
        return False
    return True


def _is_phone(match: re.Match[str]) -> bool:
    return 8 <= len(re.sub(r"\D", "", match.group())) <= 13


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
