"""Tables on pages: rows whose pieces stand in the same columns, one below the other, also over the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from allmanning.ingest.read.document import Block, Box, table_block
from allmanning.ingest.read.pdf.characters import Place
from allmanning.ingest.read.pdf.lines import Line
from allmanning.ingest.read.plain.lines import joined

# A line that follows closer than this, in font sizes from top to top, goes on in the cell above.
_WRAPPED = 1.6
_FEWEST_ROWS = 3
# Rows further apart, in font sizes, are of no table; distances that differ by less are the same.
_BETWEEN_ROWS = 4.0
_ABOUT = 1.15
_CAPTION = re.compile(r"(?:tabell|table)\s*[\dA-Z]*[.:]?$", re.IGNORECASE)
# Pieces overlap a column's neighbour by less than this, in font sizes: numbers are set to the right, headers wide.
_SLACK = 0.3


@dataclass
class Table:
    """Lines that make up a table; its cells, its places and their pages, row by row. Columns are left and right."""

    lines: list[Line]
    columns: list[tuple[float, float]]
    rows: list[list[str]] = field(default_factory=list)
    places: list[tuple[int, Place]] = field(default_factory=list)

    def block(self) -> Block | None:
        """The table; a header that is repeated on later pages is left out there."""
        kept = [index for index, row in enumerate(self.rows) if index == 0 or not self._repeats_header(index, row)]
        return table_block(
            [self.rows[index] for index in kept],
            self.lines[0].page,
            [Box(self.places[index][0], *self.places[index][1], 0, 0) for index in kept],
        )

    def add(self, line: Line, placed: dict[int, str]) -> None:
        self.rows.append([placed.get(column, "") for column in range(len(self.columns))])
        self.places.append((line.page, line.place))
        self.lines.append(line)

    def wrap(self, line: Line, placed: dict[int, str]) -> None:
        """Take a line into the cells of the row above it."""
        for column, text in placed.items():
            self.rows[-1][column] = joined([self.rows[-1][column], text])
        page, place = self.places[-1]
        self.places[-1] = page, place.around(line.place)
        self.lines.append(line)

    def _repeats_header(self, index: int, row: list[str]) -> bool:
        return row == self.rows[0] and self.places[index][0] != self.places[index - 1][0]


def with_tables(lines: Sequence[Line]) -> Iterator[Line | Table]:
    """The lines in their order, those of each table together."""
    at = 0
    while at < len(lines):
        table = _table_at(lines, at)
        if table is None:
            yield lines[at]
            at += 1
        else:
            yield table
            at += len(table.lines)


def _table_at(lines: Sequence[Line], start: int) -> Table | None:
    head = lines[start]
    if len(head.cells) < 2 or _CAPTION.match(head.cells[0].text):
        return None
    columns = _columns(lines, start)
    step = _step_in_rows(lines[start:], columns)
    table = Table([], columns)
    for line in lines[start:]:
        placed = _placed(columns, line)
        if placed is None:
            break
        last = table.lines[-1] if table.lines else None
        over_page = last is not None and line.page != last.page
        if last and (line.page not in (last.page, last.page + 1) or (not over_page and line.top < last.top)):
            break
        distance = line.top - last.top if last and not over_page else None
        close = distance is not None and distance <= line.size * _WRAPPED
        within = close and (0 not in placed or (distance or 0.0) <= step)
        if len(placed) > 1 and not within:
            table.add(line, placed)
        elif close and (len(table.rows) > 1 or within):
            table.wrap(line, placed)
        else:
            break
    return table if len(table.rows) >= _FEWEST_ROWS else None


def _step_in_rows(lines: Sequence[Line], columns: Sequence[tuple[float, float]]) -> float:
    """The distance between lines of one row, where more space stands between rows; 0 where that can't be told."""
    steps: list[tuple[float, bool]] = []
    wrapped = 0
    for above, line in pairwise(lines):
        placed = _placed(columns, line)
        if placed is None or line.page != above.page or not 0 < line.top - above.top <= line.size * _BETWEEN_ROWS:
            break
        wrapped += 0 not in placed
        steps.append((line.top - above.top, 0 in placed))
    within = min((step for step, _ in steps), default=0.0) * _ABOUT
    wide = sum(step > within for step, _ in steps)
    close = sum(step <= within and first for step, first in steps)
    return within if wrapped and wide >= _FEWEST_ROWS - 1 and close <= wide else 0.0


def _columns(lines: Sequence[Line], start: int) -> list[tuple[float, float]]:
    """The columns that the row with most pieces and those around it show: pieces that overlap are of one column."""
    page = lines[start].page
    most = len(lines[start].cells)
    rows = [lines[start]]
    for line in lines[start + 1 :]:
        if line.page != page or len(line.cells) < 2:
            break
        rows.append(line)
        most = max(most, len(line.cells))
    columns: list[tuple[float, float]] = []
    for row in sorted(rows, key=lambda row: -len(row.cells)):
        for piece in row.cells:
            touching = [column for column in columns if _touch(column, piece)]
            if len(touching) > 1:
                continue
            grown = (piece.left, piece.right)
            for column in touching:
                columns.remove(column)
                grown = min(column[0], grown[0]), max(column[1], grown[1])
            columns.append(grown)
    return sorted(columns) if len(columns) >= most else [(piece.left, piece.right) for piece in lines[start].cells]


def _touch(column: tuple[float, float], piece: Line) -> bool:
    slack = piece.size * _SLACK
    return piece.left < column[1] - slack and column[0] < piece.right - slack


def _placed(columns: Sequence[tuple[float, float]], line: Line) -> dict[int, str] | None:
    """The texts of a line by column; None when a piece stands in no column, or two in one.

    A header over several columns stands in the first of them.
    """
    found: dict[int, str] = {}
    pieces = line.cells or (line,)
    for piece in pieces:
        near = [index for index, column in enumerate(columns) if _touch(column, piece)]
        if not near or near[0] in found or (len(near) > 1 and len(pieces) < 2):
            return None
        found[near[0]] = piece.text
    return found
