"""Tables on a page: spanning cells filled out, and the rows of a header made one."""

from __future__ import annotations

from typing import Final

from lxml.html import HtmlElement  # type: ignore[import-untyped]

from allmanning.ingest.read.document import Block, clean, table_block
from allmanning.ingest.read.web.inline_text import text_of

# Wider spans are mistakes, or meant to fill our memory.
_WIDEST_TABLE: Final = 200
_LONGEST_SPAN: Final = 1_000
_LONGEST_REPEATED: Final = 300
_HEADER_ROWS: Final = 4


def block_of_table(table: HtmlElement) -> Block | None:
    """The table as a block: what spans rows is repeated in each, and the header is one row."""
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    grid, headers = _grid(rows)
    if headers > 1:
        grid = [_joined(grid[:headers]), *grid[headers:]]
    elif headers == 1:
        grid[0] = _without_repeats(grid[0])
    return table_block(grid)


def is_layout(table: HtmlElement) -> bool:
    """Whether a table places things on a page and holds no facts: it has one column, or headings and tables in it."""
    if table.get("role") in ("presentation", "none"):
        return True
    if table.xpath("./descendant::*[self::table or self::h1 or self::h2 or self::h3 or self::h4]"):
        return True
    rows = table.xpath("./tr|./*/tr")
    return all(len(row.xpath("./td|./th")) <= 1 for row in rows)


def _grid(rows: list[HtmlElement]) -> tuple[list[list[str]], int]:
    """The cells of each row, and how many rows at the top are the header."""
    grid: list[list[str]] = []
    # Column -> what a cell above reaches down with, and for how many more rows.
    hanging: dict[int, tuple[str, int]] = {}
    headers = 0
    for number, row in enumerate(rows):
        cells: list[str] = []
        is_header = headers == number and _is_header(row)
        headers += is_header
        for cell in row.xpath("./td|./th"):
            _fill(cells, hanging)
            text = clean(text_of(cell))
            room = max(1, _WIDEST_TABLE - len(cells))
            wide, high = _span(cell, "colspan", room), _span(cell, "rowspan", _LONGEST_SPAN if room > 1 else 1)
            for offset in range(wide):
                # A heading over two columns belongs to both; a fact is said once.
                shown = text if offset == 0 or (is_header and len(text) <= _LONGEST_REPEATED) else ""
                if high > 1:
                    hanging[len(cells)] = (shown if len(shown) <= _LONGEST_REPEATED else "", high - 1)
                cells.append(shown)
        _fill(cells, hanging)
        grid.append(cells)
    return grid, min(headers, _HEADER_ROWS, max(1, len(grid) - 1))


def _fill(cells: list[str], hanging: dict[int, tuple[str, int]]) -> None:
    while len(cells) in hanging:
        column = len(cells)
        text, left = hanging.pop(column)
        cells.append(text)
        if left > 1:
            hanging[column] = (text, left - 1)


def _span(cell: HtmlElement, name: str, most: int) -> int:
    written = cell.get(name, "1").strip()
    return max(1, min(int(written), most)) if written.isascii() and written.isdigit() and len(written) < 8 else 1


def _is_header(row: HtmlElement) -> bool:
    parent = row.getparent()
    if parent is not None and parent.tag == "thead":
        return True
    cells = row.xpath("./td|./th")
    return len(cells) > 1 and all(cell.tag == "th" for cell in cells)


def _joined(rows: list[list[str]]) -> list[str]:
    """One header of several rows: what stands over a column, from the top, each word once."""
    plain = [_without_repeats(row) if len(set(row)) == 1 else row for row in rows]
    width = max(len(row) for row in plain)
    columns = [[row[column] for row in plain if column < len(row)] for column in range(width)]
    return [" ".join(dict.fromkeys(text for text in column if text)) for column in columns]


def _without_repeats(row: list[str]) -> list[str]:
    """A heading across all columns is said once."""
    return [row[0]] if len(set(row)) == 1 else row
