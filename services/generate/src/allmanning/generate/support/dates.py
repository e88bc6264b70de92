"""Days, months, years and weekdays as they are said and as they are quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from allmanning.generate.support.mentions import Mention
from allmanning.generate.support.tokens import Token
from allmanning.generate.support.written import MONTHS
from allmanning.index.fold import folded

# English words of their own in lower case.
_CAPITAL: Final = frozenset({"may", "march"})
_SWEDISH_DAYS: Final = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_ENGLISH_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS: Final = {
    folded(name + ending): day
    for day in range(7)
    for name, endings in (
        (_SWEDISH_DAYS[day], ("", "en", "ar", "arna", "s", "ens")),
        (_ENGLISH_DAYS[day], ("", "s")),
    )
    for ending in endings
}
_YEAR: Final = re.compile(r"(?:18|19|20|21)\d\d")
_DAY: Final = re.compile(r"0?([1-9]|[12]\d|3[01])")


def dates(tokens: Sequence[Token]) -> list[Mention]:
    """Days of a month ("31 mars"), months, years and weekdays."""
    return list(_dates(tokens))


def _dates(tokens: Sequence[Token]) -> Iterator[Mention]:
    for at, token in enumerate(tokens):
        if month := _month(token):
            day = _DAY.fullmatch(tokens[at - 1].text) if at else None
            if day:
                yield Mention("date", f"{month}-{day[1]}", at - 1, at + 1)
            yield Mention("month", str(month), at, at + 1)
        elif token.low in _WEEKDAYS:
            yield Mention("weekday", str(_WEEKDAYS[token.low]), at, at + 1)
        elif _YEAR.fullmatch(token.text):
            yield Mention("calendar year", token.text, at, at + 1)


def _month(token: Token) -> int:
    if token.low in _CAPITAL and token.text.islower():
        return 0
    return MONTHS.get(token.low, 0)
