"""Tables on a page: rows whose pieces stand in the same columns, one below the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from allmanning.ingest.read.document import Block, Box, table_block
from allmanning.ingest.read.pdf_characters import Place
from allmanning.ingest.read.pdf_lines import Line

# Pieces that begin this close, in font sizes, stand in the same column.
_SAME_COLUMN = 0.6
# A line that follows closer than this, in font sizes from top to top, goes on in the cell above.
_WRAPPED = 1.6
_FEWEST_ROWS = 3


@dataclass
class Table:
    """Lines that make up a table; its cells and its place, row by row."""

    lines: list[Line]
    columns: list[float]
    rows: list[list[str]] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    def block(self) -> Block | None:
        page = self.lines[0].page
        return table_block(self.rows, page, [Box(page, *place, 0, 0) for place in self.places])


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
    if len(head.cells) < 2:
        return None
    table = Table([head], [cell.left for cell in head.cells], [[cell.text for cell in head.cells]], [head.place])
    for line in lines[start + 1 :]:
        placed = _placed(table, line)
        last = table.lines[-1]
        if placed is None or line.page != last.page or line.top < last.top:
            break
        if len(placed) > 1:
            table.rows.append([placed.get(column, "") for column in range(len(table.columns))])
            table.places.append(line.place)
        elif len(table.rows) > 1 and line.top - last.top <= last.size * _WRAPPED:
            for column, text in placed.items():
                table.rows[-1][column] = f"{table.rows[-1][column]} {text}".strip()
            table.places[-1] = table.places[-1].around(line.place)
        else:
            break
        table.lines.append(line)
    return table if len(table.rows) >= _FEWEST_ROWS else None


def _placed(table: Table, line: Line) -> dict[int, str] | None:
    """The texts of a line by column; None when a piece stands in no column or runs into the next."""
    found: dict[int, str] = {}
    for piece in line.cells or (line,):
        near = [i for i, left in enumerate(table.columns) if abs(piece.left - left) <= piece.size * _SAME_COLUMN]
        if not near or near[0] in found:
            return None
        following = table.columns[near[0] + 1] if near[0] + 1 < len(table.columns) else piece.right + 1
        if piece.right > following:
            return None
        found[near[0]] = piece.text
    return found
