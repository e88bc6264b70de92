"""How the lines of an answer are laid out: rows with the same columns as a table, other points as a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

# What the lines of a list, and the rows of a table in words, begin with.
_POINT: Final = "– "
# Between the label of a row and its other cells.
_LABELLED: Final = " – "


@dataclass(frozen=True)
class Block:
    """Lines that belong together: a paragraph, or a list's points (`listed`), or a table's rows under `columns`."""

    lines: Sequence[str] = ()
    listed: bool = False
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


def blocks(text: str) -> list[Block]:
    """The lines of `text`, in order and word for word; the names of columns are said once."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return [block for points, run in groupby(lines, _is_point) for block in _laid_out(list(run), points=points)]


def _is_point(line: str) -> bool:
    return line.startswith(_POINT)


def _laid_out(lines: Sequence[str], *, points: bool) -> Iterator[Block]:
    if not points:
        yield from (Block([line]) for line in lines)
        return
    told = [line.removeprefix(_POINT) for line in lines]
    rows = [_cells(line) for line in told]
    columns = [name for name, _ in rows[0]]
    same = all([name for name, _ in row] == columns and all(value for _, value in row) for row in rows)
    if len(rows) > 1 and len(columns) > 1 and same:
        yield Block(columns=columns, rows=[[value for _, value in row] for row in rows])
    else:
        yield Block(told, listed=True)


def _cells(line: str) -> list[tuple[str, str]]:
    """Name and value of each of "Barn 2 – procent: 2; avgift: 1 031 kronor"; the label's column may have no name."""
    label, _, rest = line.partition(_LABELLED)
    if _LABELLED in rest or not rest:
        return []
    named, _, first = label.rpartition(": ")
    pairs = [each.partition(": ") for each in rest.split("; ")]
    return [(named, first), *((name, value) for name, _, value in pairs)]
