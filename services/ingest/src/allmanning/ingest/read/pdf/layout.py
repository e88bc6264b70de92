"""The reading order of a page: columns are read one after another, notes in the margin first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Final

from allmanning.ingest.read.pdf.lines import Line, Page

# A column is at least this many lines of at least this share of the page's width; less is a table.
_COLUMN_LINES: Final = 5
_COLUMN_WIDTH: Final = 0.2
# Where columns may part, in shares of the page's width, likeliest first; lines that may go across, to those that don't.
_GUTTERS: Final = (0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.32, 0.68)
_ACROSS: Final = 0.2


def reading_order(page: Page) -> list[Line]:
    """The page's lines as a person reads them; pieces of a table's row become one line."""
    lines = sorted((line for line in page.lines if not line.aside), key=lambda line: (line.top, line.left))
    return [line for line in page.lines if line.aside] + _ordered(lines, page.width)


def _ordered(lines: Sequence[Line], page_width: float) -> list[Line]:
    gutter = _gutter(lines, page_width)
    if gutter is None:
        return _rows(lines)
    ordered: list[Line] = []
    band: list[Line] = []
    for line in lines:
        if line.left < gutter < line.right:
            # A line across both columns, such as a heading, ends the columns above it.
            ordered += _columns(band, gutter, page_width)
            ordered.append(line)
            band = []
        else:
            band.append(line)
    return ordered + _columns(band, gutter, page_width)


def _columns(band: list[Line], gutter: float, page_width: float) -> list[Line]:
    left = [line for line in band if line.right <= gutter]
    right = [line for line in band if line.left >= gutter]
    return _ordered(left, page_width) + _ordered(right, page_width)


def _gutter(lines: Sequence[Line], page_width: float) -> float | None:
    """The white space between two columns of running text, if there are two; of several the one with least across."""
    best: tuple[int, float] | None = None
    for share in _GUTTERS:
        at = page_width * share
        left = [line for line in lines if line.right <= at]
        right = [line for line in lines if line.left >= at]
        across = len(lines) - len(left) - len(right)
        if across > (len(left) + len(right)) * _ACROSS or (best and across >= best[0]):
            continue
        if all(_is_column(side, page_width) for side in (left, right)):
            best = across, at
    return best[1] if best else None


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
                italic=last.italic and line.italic,
            )
        else:
            rows.append(line)
    return rows


def _same_row(one: Line, other: Line) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap > 0.5 * min(one.bottom - one.top, other.bottom - other.top)
