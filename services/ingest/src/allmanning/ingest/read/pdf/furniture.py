"""What stands around the text of a page: headers, footers and page numbers, notes in the margin, tables of contents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from allmanning.ingest.read.pdf.lines import Line, Page

# Page headers and footers stand within this share of the page from its upper or lower edge.
_MARGIN: Final = 0.12
_HEAD: Final = 0.25
_REPEATED_ON: Final = 0.25
_PAGE_NUMBER: Final = re.compile(
    r"(?:sida|sid|page|s\.)?\s*[-–(]?\s*\d{1,4}\s*[-–)]?(?:\s*(?:\(|av|of|/)\s*\d{1,4}\)?)?", re.IGNORECASE
)
# "SFS 2019:614", "BFS 2013:15 RIV 1", "ELSÄK-FS": the number of a statute, in its margin and above its pages.
_STATUTE_NUMBER: Final = re.compile(r"[A-ZÅÄÖ]{1,9}-?FS(?:\s+\d{4}:\d+(?:\s+[A-ZÅÄÖ]{2,4}\s*\d*)?)?")
_MARGIN_NOTE: Final = re.compile(r"utkom från trycket|publicerad$|saknr\b|omtryck$", re.IGNORECASE)
_NOTE_FROM: Final = 0.5
_NOTE_WIDTH: Final = 0.3
# An entry in a table of contents says nothing that its heading does not.
_CONTENTS_ENTRY: Final = re.compile(r"(?:[.…_]\s?){4,}\s*\d*$")
_ENTRY_OR_NUMBER: Final = re.compile(rf"{_CONTENTS_ENTRY.pattern}|^\d{{1,3}}$")
_CONTENTS_HEADING: Final = re.compile(r"innehåll(?:sförteckning)?|contents|table of contents", re.IGNORECASE)
_FEWEST_ENTRIES: Final = 3


def without_furniture(pages: Sequence[Page]) -> list[Page]:
    """Drop what repeats from page to page, page numbers and tables of contents; set notes in the margin aside."""
    pages = [_with_notes_aside(page) for page in pages]
    counts = Counter(key for page in pages for key in {_key(line) for line in _in_margins(page)})
    needed = 2 if len(pages) <= 3 else max(3, round(len(pages) * _REPEATED_ON))
    noted: set[str] = set()

    def is_furniture(line: Line, page: Page) -> bool:
        if line.text in noted:
            return True
        if _STATUTE_NUMBER.fullmatch(line.text) or line.aside:
            # Its first place says which statute this is.
            return line.aside and not _is_note(line) and counts[_key(line)] >= needed
        if _PAGE_NUMBER.fullmatch(line.text):
            return (len(pages) > 1 or line.text == str(page.number)) and not _marks_footnote(line, page)
        return counts[_key(line)] >= needed

    kept: list[Page] = []
    contents = False
    for page in pages:
        margins = _in_margins(page)
        dropped = {id(line) for line in margins if is_furniture(line, page)}
        # The number of the statute above a page that is not printed to its edge.
        dropped |= {id(line) for line in page.lines if line.top < page.height * _HEAD and _is_noted(line, noted)}
        noted |= {line.text for line in margins if line.aside or _STATUTE_NUMBER.fullmatch(line.text)}
        lines, contents = _without_contents([line for line in page.lines if id(line) not in dropped], goes_on=contents)
        kept.append(replace(page, lines=tuple(lines)))
    return kept if any(page.lines for page in kept) else list(pages)


def _is_noted(line: Line, noted: set[str]) -> bool:
    return line.text in noted and _STATUTE_NUMBER.fullmatch(line.text) is not None


def _is_note(line: Line) -> bool:
    return bool(_STATUTE_NUMBER.match(line.text) or _MARGIN_NOTE.match(line.text))


def _marks_footnote(number: Line, page: Page) -> bool:
    """Whether words follow on the same line, as they do after the small figure of a footnote."""
    return any(
        0 <= line.left - number.right <= line.size * 2 and line.top < number.bottom and number.top < line.bottom
        for line in page.lines
        if line is not number
    )


def _with_notes_aside(page: Page) -> Page:
    """Notes in the right margin, each from a line that is known to begin one and on with what stands under it."""
    notes: list[Line] = []
    right = sorted(
        (line for line in page.lines if _is_beside(line, page) and not line.aside), key=lambda line: line.top
    )
    for line in right:
        begins = _is_note(line)
        goes_on = any(
            abs(line.left - above.left) <= line.size * 0.5 and 0 < line.top - above.bottom + line.size < line.size * 3
            for above in notes
        )
        if begins or goes_on:
            notes.append(line)
    if not notes:
        return page
    found = {id(line) for line in notes}
    return replace(page, lines=tuple(replace(line, aside=True) if id(line) in found else line for line in page.lines))


def _is_beside(line: Line, page: Page) -> bool:
    return line.left >= page.width * _NOTE_FROM and line.right - line.left <= page.width * _NOTE_WIDTH


def _without_contents(lines: Sequence[Line], *, goes_on: bool) -> tuple[list[Line], bool]:
    """The lines of a page without its table of contents, and whether it may go on over the page.

    What stands between the first and the last entry belongs to it: entries of two lines, its own headings.
    """
    heading = next((index for index, line in enumerate(lines) if _CONTENTS_HEADING.fullmatch(line.text)), None)
    pattern = _CONTENTS_ENTRY if heading is None and not goes_on else _ENTRY_OR_NUMBER
    entries = [index for index, line in enumerate(lines) if pattern.search(line.text)]
    if len(entries) < _FEWEST_ENTRIES:
        return list(lines), False
    first, last = entries[0], entries[-1]
    if heading is not None and heading < last:
        first = heading
    elif goes_on:
        first = 0
    return [*lines[:first], *lines[last + 1 :]], heading is not None or goes_on


def _in_margins(page: Page) -> list[Line]:
    lines = [line for line in page.lines if not line.aside]
    aside = [line for line in page.lines if line.aside]
    if not lines:
        return aside
    # Some files print beyond the page's edges: measure from what is printed.
    top = min(0.0, *(line.top for line in lines))
    bottom = max(page.height, *(line.bottom for line in lines))
    margin = (bottom - top) * _MARGIN
    return aside + [line for line in lines if line.bottom <= top + margin or line.top >= bottom - margin]


def _key(line: Line) -> tuple[str, int]:
    """The same for a header on every page: numbers and small shifts do not count."""
    return re.sub(r"\d+", "#", line.text.casefold()), round(line.top / 20)
