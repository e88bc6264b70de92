"""The reading order of a page: what repeats on every page is left out, columns are read one after another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Final

from allmanning.ingest.read.pdf_lines import Line, Page

# Page headers and footers stand within this share of the page from its upper or lower edge.
_MARGIN: Final = 0.12
_REPEATED_ON: Final = 0.25
# A column is at least this many lines of at least this share of the page's width; less is a table.
_COLUMN_LINES: Final = 5
_COLUMN_WIDTH: Final = 0.2
_PAGE_NUMBER: Final = re.compile(
    r"(?:sida|sid|page|s\.)?\s*[-–(]?\s*\d{1,4}\s*[-–)]?(?:\s*(?:\(|av|of|/)\s*\d{1,4}\)?)?", re.IGNORECASE
)


def without_furniture(pages: Sequence[Page]) -> list[Page]:
    """Drop headers and footers that repeat from page to page, and page numbers."""
    counts = Counter(key for page in pages for key in {_key(line) for line in _in_margins(page)})
    needed = 2 if len(pages) <= 3 else max(3, round(len(pages) * _REPEATED_ON))

    def is_furniture(line: Line) -> bool:
        return counts[_key(line)] >= needed or (len(pages) > 1 and _PAGE_NUMBER.fullmatch(line.text) is not None)

    kept: list[Page] = []
    for page in pages:
        dropped = {id(line) for line in _in_margins(page) if is_furniture(line)}
        kept.append(replace(page, lines=tuple(line for line in page.lines if id(line) not in dropped)))
    return kept


def reading_order(page: Page) -> list[Line]:
    """The page's lines as a person reads them; pieces of a table's row become one line."""
    lines = sorted((line for line in page.lines if not line.aside), key=lambda line: (line.top, line.left))
    aside = [line for line in page.lines if line.aside]
    gutter = _gutter(page, lines)
    if gutter is None:
        return _rows(lines) + aside
    ordered: list[Line] = []
    band: list[Line] = []
    for line in lines:
        if line.left < gutter < line.right:
            # A line across both columns, such as a heading, ends the columns above it.
            ordered += _columns(band, gutter)
            ordered.append(line)
            band = []
        else:
            band.append(line)
    return ordered + _columns(band, gutter) + aside


def _columns(band: list[Line], gutter: float) -> list[Line]:
    return _rows([line for line in band if line.right <= gutter]) + _rows(
        [line for line in band if line.left >= gutter]
    )


def _gutter(page: Page, lines: Sequence[Line]) -> float | None:
    """The middle of the white space between two columns of running text, if there are two."""
    for share in (0.5, 0.45, 0.55, 0.4, 0.6):
        at = page.width * share
        left = [line for line in lines if line.right <= at]
        right = [line for line in lines if line.left >= at]
        across = len(lines) - len(left) - len(right)
        if across <= (len(left) + len(right)) * 0.2 and all(_is_column(side, page.width) for side in (left, right)):
            return at
    return None


def _is_column(lines: Sequence[Line], page_width: float) -> bool:
    if len(lines) < _COLUMN_LINES:
        return False
    return median(line.right - line.left for line in lines) >= page_width * _COLUMN_WIDTH


def _rows(lines: Sequence[Line]) -> list[Line]:
    """Join pieces that stand side by side."""
    rows: list[Line] = []
    for line in sorted(lines, key=lambda line: (line.top, line.left)):
        if rows and _same_row(rows[-1], line):
            last = rows[-1]
            cells = tuple(sorted([*(last.cells or (last,)), line], key=lambda cell: cell.left))
            rows[-1] = replace(
                cells[0],
                text=" ".join(cell.text for cell in cells),
                cells=cells,
                top=min(last.top, line.top),
                right=max(last.right, line.right),
                bottom=max(last.bottom, line.bottom),
                place=last.place.around(line.place),
                size=max(last.size, line.size),
                bold=last.bold and line.bold,
            )
        else:
            rows.append(line)
    return rows


def _same_row(one: Line, other: Line) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap > 0.5 * min(one.bottom - one.top, other.bottom - other.top)


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
