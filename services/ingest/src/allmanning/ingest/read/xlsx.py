"""Excel workbooks."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from itertools import dropwhile
from typing import Final

from unstructured.documents.elements import Element
from unstructured.partition.xlsx import partition_xlsx

from allmanning.ingest.read.document import Block, Extract, Kind, assemble, clean, table_block
from allmanning.ingest.read.elements import rows_of
from allmanning.ingest.read.original import Original

_UNNAMED: Final = re.compile(r"(?:sheet|blad|tabelle|feuil)\s*\d*", re.IGNORECASE)
# What stands over a column of money. Other numbers of four digits are years, dates and identifiers.
_MONEY: Final = re.compile(
    r"\b(?:kr|sek|tkr)\b|kronor|avgift|pris|belopp|taxa|kostnad|hyra|summa|budget|amount|price|fee", re.IGNORECASE
)
_AMOUNT: Final = re.compile(r"(-?)(\d{4,9})")
_STARTS_WITH_DIGIT: Final = re.compile(r"-?\d")

Row = list[str]


def read_xlsx(original: Original) -> Extract:
    """Read every sheet under a heading with its name: its tables, and the lines above each of them as paragraphs.

    Amounts are written as people write them, "31 400".
    """
    file = io.BytesIO(original.data)
    sheets = partition_xlsx(file=file, languages=["swe"], find_subtable=False, include_header=False)
    return assemble(block for sheet in sheets for block in _sheet(sheet))


def _sheet(sheet: Element) -> Iterator[Block]:
    name = clean(sheet.metadata.page_name or "")
    if name and not _UNNAMED.fullmatch(name):
        yield Block(Kind.HEADING, name, level=1)
    rows = [[clean(cell) for cell in row] for row in rows_of(sheet)]
    for part in _parts([row for row in rows if any(row)]):
        yield from _part(part)


def _parts(rows: list[Row]) -> Iterator[list[Row]]:
    """The tables of a sheet, each with its captions: one begins where a line alone stands over a row of names."""
    start = 0
    for index in range(1, len(rows) - 2):
        alone = _filled(rows[index]) == 1 and _filled(rows[index - 1]) > 1
        if alone and _is_header(rows[index + 1], rows[index + 2]):
            yield rows[start:index]
            start = index
    yield rows[start:]


def _is_header(row: Row, following: Row) -> bool:
    """Names over figures: a row without a figure, and below it one that has some."""
    if _filled(row) < 2 or any(_STARTS_WITH_DIGIT.match(cell) for cell in row):
        return False
    return any(_STARTS_WITH_DIGIT.match(cell) for cell in following)


def _part(rows: list[Row]) -> Iterator[Block]:
    if max((_filled(row) for row in rows), default=0) > 1:
        head = rows[: _header_at(rows)]
        yield from (Block(Kind.PARAGRAPH, " ".join(cell for cell in row if cell)) for row in head)
        rows = rows[len(head) :]
    table = table_block(_with_amounts(rows))
    if table:
        yield table


def _with_amounts(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows with the figures in columns of money grouped by thousands."""
    names = rows[0] if rows else []
    money = [bool(_MONEY.search(name)) for name in names]
    for row in rows:
        yield [_grouped(cell) if at < len(money) and money[at] else cell for at, cell in enumerate(row)]


def _grouped(cell: str) -> str:
    match = _AMOUNT.fullmatch(cell)
    return f"{match[1]}{int(match[2]):,}".replace(",", " ") if match else cell


def _header_at(rows: list[Row]) -> int:
    """Index of the first row with at least two cells: those above it are captions."""
    return len(rows) - len(list(dropwhile(lambda row: _filled(row) < 2, rows)))


def _filled(row: Row) -> int:
    return sum(map(bool, row))
