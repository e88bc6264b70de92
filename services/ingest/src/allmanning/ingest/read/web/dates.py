"""When a page was last changed, as it says itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from lxml.html import HtmlElement  # type: ignore[import-untyped]

from allmanning.ingest.read.document import Block, Kind

# The surest first: what was changed before what was published.
_NAMES: Final = (
    "article:modified_time",
    "og:updated_time",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "article:published_time",
    "dcterms.issued",
    "dc.date.issued",
)
_ISO: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_SWEDISH: Final = re.compile(r"\b(\d{1,2})\s+(jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)[a-z]*\.?,?\s+(\d{4})\b")
_SAID: Final = re.compile(
    r"(?:sidan |sidan är |senast |informationen |innehållet )*"
    r"(?:uppdaterad|uppdaterat|ändrad|ändrat|granskad|publicerad|publicerat)"
    r"(?: av\b.{0,60}?)?(?: den)?\s*:?\s.{0,12}\d.{0,120}",
    re.IGNORECASE,
)
_LONGEST: Final = 160


def written_dates(page: HtmlElement) -> dict[str, str]:
    """`modified`, a date, from what the page's head says to programs; empty when it says none."""
    said: dict[str, str] = {}
    for element in page.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("http-equiv") or "").lower()
        if name in _NAMES and (found := _date(element.get("content", ""))):
            said.setdefault(name, found)
    return next(({"modified": said[name]} for name in _NAMES if name in said), {})


def without_dates(blocks: Sequence[Block]) -> tuple[list[Block], dict[str, str]]:
    """Blocks without "Senast uppdaterad: 2 mars 2026", and the date in it."""
    kept: list[Block] = []
    found = ""
    for block in blocks:
        if block.kind is not Kind.HEADING and len(block.text) <= _LONGEST and _SAID.fullmatch(block.text):
            when = _date(block.text)
            found = max(found, when)
            if when:
                continue
        kept.append(block)
    return kept, {"modified": found} if found else {}


def _date(text: str) -> str:
    """The latest date written in a text; empty when there is none."""
    dates = [tuple(int(number) for number in found) for found in _ISO.findall(text)]
    dates += [(int(year), _MONTHS.index(month) + 1, int(day)) for day, month, year in _SWEDISH.findall(text.lower())]
    written = []
    for year, month, day in dates:
        try:
            written.append(date(year, month, day).isoformat())
        except ValueError:
            continue
    return max(written, default="")
