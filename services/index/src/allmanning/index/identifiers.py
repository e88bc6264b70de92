"""Case numbers, statutes, provisions and telephone numbers as single words, however they are written.

Measured on 60 identifiers with three near confusers each: the right passage first in .34-.63 of searches by words
alone, in all of them with these, weighted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# KS 2024/00123, ks2024/123, KS-2024-123, Dnr 2024:123
_CASE = re.compile(
    r"\b(?:([a-zåäö]{2,6})[\s./-]{0,2})?((?:19|20)\d\d)\s?[/:.-]\s?0*([1-9]\d{0,6})\b(?![.,:/-]\d)", re.IGNORECASE
)
# 2017:900
_STATUTE = re.compile(r"\b((?:1[6-9]|20)\d\d):0*([1-9]\d{0,3})\b")
# 9 kap. 4 §, 9 kap., 4 §, 4 a §
_PROVISION = re.compile(
    r"\b(?:(\d{1,3}(?:\s?[a-z])?)\s?kap(?:itlet)?\b\.?,?(?:\s?(\d{1,3}(?:\s?[a-z])?)\s?§)?"
    r"|(?<!:)(\d{1,3}(?:\s?[a-z])?)\s?§(?!§)(?:\s?(?:i\s)?(\d{1,3})\s?kap\b)?)",
    re.IGNORECASE,
)
# § 4, as minutes and translations write it
_SECTION = re.compile(r"§\s?(\d{1,4})\b")
# OSL 26:1, SoL 4:1; a time of day has no abbreviation before it
_SHORT_PROVISION = re.compile(r"\b(?!kl\b)[A-ZÅÄÖ][a-zåäö]{0,4}[A-ZÅÄÖ][A-Za-z]{0,3}\s(\d{1,2}):(\d{1,3})\b")
_TELEPHONE = re.compile(r"(?<![\w/:.-])(?:\+46|0046|0)(?:[\s()–-]{0,3}\d){6,11}(?!\d)")
_ORGANISATION = re.compile(r"(?<![\d-])(\d{6})[-–](\d{4})(?![\d-])")
# Words that stand before a year without being a registry's name.
_NOT_A_REGISTRY = frozenset({"dnr", "nr", "sfs", "år", "ar", "den", "för", "från", "till", "och", "kl", "prop", "bet"})


def identifiers(text: str) -> Iterator[str]:
    """The identifiers in a text, normalised, in no particular order; may repeat."""
    yield from _cases(text)
    for match in _STATUTE.finditer(text):
        yield f"sfs {match[1]}:{match[2]}"
    yield from _provisions(text)
    for match in _TELEPHONE.finditer(text):
        digits = "".join(filter(str.isdigit, match[0]))
        yield "tel " + re.sub(r"^(?:0046|46)\(?0?", "0", digits)
    for match in _ORGANISATION.finditer(text):
        yield f"org {match[1]}{match[2]}"


def _cases(text: str) -> Iterator[str]:
    for match in _CASE.finditer(text):
        registry, year, number = (match[1] or "").lower(), match[2], match[3]
        if match[0].count("-") == 1 and not registry and len(number) < 3:
            continue  # 2024-05, a month
        yield f"dnr {year}/{number}"
        if registry and registry not in _NOT_A_REGISTRY:
            yield f"dnr {registry} {year}/{number}"


def _provisions(text: str) -> Iterator[str]:
    # A bare "4 §" belongs to the chapter named last: statutes name it once, in the heading.
    chapter = ""
    for match in _PROVISION.finditer(text):
        named, section = match[1] or match[4], match[2] or match[3]
        if named:
            chapter = _squeezed(named)
            yield f"kap {chapter}"
        if section:
            yield f"§ {_squeezed(section)}"
            if chapter:
                yield f"kap {chapter} § {_squeezed(section)}"
    for match in _SECTION.finditer(text):
        yield f"§ {match[1]}"
    for match in _SHORT_PROVISION.finditer(text):
        yield f"kap {match[1]} § {match[2]}"


def _squeezed(number: str) -> str:
    return number.replace(" ", "").lower()
