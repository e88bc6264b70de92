"""Tables with merged cells become rows of equal shape."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

# Files made to break readers span thousands of columns.
_WIDEST: Final = 256
_TALLEST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it is written: its text, and how many columns and rows it covers."""

    text: str
    columns: int = 1
    rows: int = 1


def rows_of_cells(rows: Iterable[Sequence[Cell]]) -> list[list[str]]:
    """The rows, with the text of a merged cell in each place it covers; of one as wide as the table, once."""
    written = [list(row) for row in rows]
    width = min(_WIDEST, max((sum(max(1, cell.columns) for cell in row) for row in written), default=0))
    # Column -> text and rows that a cell above still covers.
    above: dict[int, tuple[str, int]] = {}
    grid: list[list[str]] = []
    for row in written:
        line: list[str] = []
        coming = iter(row)
        below: dict[int, tuple[str, int]] = {}
        while len(line) < width:
            at = len(line)
            if at in above:
                text, left = above[at]
                line.append(text)
                if left > 1:
                    below[at] = (text, left - 1)
                continue
            cell = next(coming, None)
            if cell is None:
                if not any(column > at for column in above):
                    break
                line.append("")
                continue
            columns = max(1, min(cell.columns, width - at))
            whole = columns == width > 1
            for offset in range(columns):
                line.append("" if whole and offset else cell.text)
                if cell.rows > 1:
                    below[at + offset] = (line[-1], min(cell.rows, _TALLEST) - 1)
        above = below
        grid.append(line)
    return grid
