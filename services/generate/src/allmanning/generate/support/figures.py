"""Numbers, amounts, sections of law, times and phone numbers as they are said and as they are quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from allmanning.generate.support.mentions import Mention
from allmanning.generate.support.tokens import Token
from allmanning.generate.support.written import MONTHS
from allmanning.index.fold import folded


def _map(rows: Mapping[str, str]) -> Mapping[str, str]:
    return {word: name for name, words in rows.items() for word in folded(words).split()}


_SPELLED: Final = _map(
    {
        "0": "noll zero", "2": "två two bägge båda", "3": "tre three", "4": "fyra four", "5": "fem five",
        "6": "sex six",
        "7": "sju seven", "8": "åtta eight", "9": "nio nine", "10": "tio ten", "11": "elva eleven", "12": "tolv twelve",
        "13": "tretton thirteen", "14": "fjorton fourteen", "15": "femton fifteen", "16": "sexton sixteen",
        "17": "sjutton seventeen", "18": "arton eighteen", "19": "nitton nineteen", "20": "tjugo twenty",
        "25": "tjugofem", "30": "trettio thirty", "40": "fyrtio forty", "50": "femtio fifty", "60": "sextio sixty",
        "70": "sjuttio seventy", "80": "åttio eighty", "90": "nittio ninety", "100": "hundra hundred",
        "1000": "tusen thousand",
    }
)  # fmt: skip
_ORDINAL: Final = _map(
    {
        "1": "första förste first", "3": "tredje third", "4": "fjärde fourth", "5": "femte fifth", "6": "sjätte sixth",
        "7": "sjunde", "8": "åttonde", "9": "nionde", "10": "tionde",
    }
)  # fmt: skip
_SCALE: Final = {"tusen": 3, "miljon": 6, "miljoner": 6, "miljard": 9, "miljarder": 9, "million": 6, "billion": 9}
_UNITS: Final = _map(
    {
        "money": "kronor krona kronorna öre",
        "euro": "euro eur €",
        "percent": "procent percent procenten",
        "percentage points": "procentenheter procentenhet",
        "second": "sekund sekunder s second seconds",
        "minute": "minut minuter min minute minutes minuters",
        "hour": "timme timmar timmars tim timma h hour hours",
        "day": "dag dagar dagars dygn dygns dygnet dagarna day days",
        "working day": "arbetsdagar arbetsdag arbetsdagars vardagar vardag",
        "week": "vecka veckor veckors veckan week weeks",
        "month": "månad månader månaders month months",
        "year": "år års åren year years",
        "pupil year": "årskurs åk",
        "millimetre": "mm millimeter",
        "centimetre": "cm centimeter centimeters", "metre": "m meter meters metre metres",
        "kilometre": "km kilometer", "mile": "mil",
        "square metre": "kvm kvadratmeter kvadratmeters m² m2 kvadratmetern", "hectare": "ha hektar",
        "cubic metre": "kubikmeter m³ m3", "litre": "l liter liters",
        "gram": "g gram", "kilogram": "kg kilo kilogram", "tonne": "ton",
        "degree": "grader grad",
        "section": "§ §§ paragraf paragrafen", "chapter": "kap kapitel kapitlet", "subsection": "stycket stycke",
        "point": "punkten punkt",
        "person": "personer person invånare barn elever platser",
    }
)  # fmt: skip
_AHEAD: Final = _map({"pupil year": "årskurs åk", "chapter": "kapitel", "section": "paragraf"})
# An article, unless it measures: "en månad".
_ONE: Final = frozenset({"en", "ett", "one", "a"})
_MEASURES: Final = frozenset(
    {"hour", "day", "week", "month", "year", "metre", "centimetre", "kilometre", "money", "percent"}
)
# "Halv åtta" is half past seven.
_HALF: Final = "halv"
_TIME: Final = re.compile(r"([01]?\d|2[0-4])[.:]([0-5]\d)")


def figures(tokens: Sequence[Token]) -> list[Mention]:
    """Every number, in digits or spelled out, by what it counts. "En" and "ett" are numbers only before a measure."""
    return list(_figures(tokens))


def as_quoted(said: Sequence[Token], quoted: Sequence[Token]) -> tuple[Token, ...]:
    """The sentence with its figures written as the quoted text has them, where they are the same in another unit."""
    theirs = figures(quoted)
    written, at = list[Token](), 0
    for each in figures(said):
        same = [quoted[other.start : other.end] for other in theirs if other.kind and each.equals(other)]
        if not each.kind or not same or each.start < at:
            continue
        mine = said[each.start : each.end]
        as_mine = any([token.low for token in one] == [token.low for token in mine] for one in same)
        written += [*said[at : each.start], *(mine if as_mine else same[0])]
        at = each.end
    return (*written, *said[at:])


def _figures(tokens: Sequence[Token]) -> Iterator[Mention]:
    for at, token in enumerate(tokens):
        follows = tokens[at + 1 : at + 3]
        before = tokens[at - 1] if at else None
        if token.number:
            yield _numbered(at, token, before, follows)
        elif token.low in _ONE and follows and _UNITS.get(follows[0].low, "") in _MEASURES:
            yield Mention(_UNITS[follows[0].low], "1", at, at + 2)
        elif token.low in _SPELLED and before is not None and before.low == _HALF and not _unit_of(follows):
            yield Mention("time", f"{int(_SPELLED[token.low]) - 1}.30", at - 1, at + 1)
        elif token.low in _SPELLED:
            if token.low == "tusen" and before is not None and (before.number or before.low in _SPELLED):
                continue
            value, unit, length = _scaled(Decimal(_SPELLED[token.low]), follows)
            yield Mention(unit, value, at, at + 1 + length)
        elif token.low in _ORDINAL:
            unit = _unit_of(follows)
            yield Mention(unit if unit in ("subsection", "chapter", "section", "point") else "ordinal",
                          _ORDINAL[token.low], at, at + 1)  # fmt: skip


def _numbered(at: int, token: Token, before: Token | None, follows: Sequence[Token]) -> Mention:
    written = token.text.replace(",", ".")
    unit = _unit_of(follows)
    if not unit and (time := _TIME.fullmatch(written)):
        # A whole hour may be written "8" after "kl.".
        minutes = "" if time[2] == "00" else f".{time[2]}"
        return Mention("time", f"{int(time[1])}{minutes}", at, at + 1)
    if not re.fullmatch(r"\d+(?:\.\d+)?", written):
        return Mention("", written, at, at + 1)
    if follows and follows[0].low in MONTHS:
        return Mention("day of a month", written, at, at + 1)
    if not unit and before is not None and before.low in ("kl", "klockan"):
        return Mention("time", written.lstrip("0") or "0", at, at + 1)
    if not unit and before is not None and before.low in _AHEAD:
        return Mention(_AHEAD[before.low], written.lstrip("0") or "0", at, at + 1)
    value, unit, length = _scaled(Decimal(written), follows)
    return Mention(unit, value, at, at + 1 + length)


def _unit_of(follows: Sequence[Token]) -> str:
    return _UNITS.get(follows[0].low, "") if follows else ""


def _scaled(number: Decimal, follows: Sequence[Token]) -> tuple[str, str, int]:
    """The value with "tusen" and "miljoner" reckoned in, what it counts, and how many tokens that took."""
    length = 0
    if follows and (scale := _SCALE.get(follows[0].low)):
        number *= Decimal(10) ** scale
        length = 1
    unit = _UNITS.get(follows[length].low, "") if len(follows) > length else ""
    plain = format(number.normalize(), "f")
    return plain, unit, length + bool(unit)
