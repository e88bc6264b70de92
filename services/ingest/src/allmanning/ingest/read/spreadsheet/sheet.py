"""A sheet of a workbook becomes tables, each with the lines above it as paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import dropwhile
from typing import Final

from allmanning.ingest.read import finding
from allmanning.ingest.read.document import Block, Kind, clean, table_block
from allmanning.ingest.read.hidden import Hidden

_UNNAMED: Final = re.compile(r"(?:sheet|blad|tabelle|feuil)\s*\d*", re.IGNORECASE)
# What stands over a column of money. Other numbers of four digits are years, dates and identifiers.
_MONEY: Final = re.compile(
    r"\b(?:kr|sek|tkr)\b|kronor|avgift|pris|belopp|taxa|kostnad|hyra|summa|budget|amount|price|fee", re.IGNORECASE
)
_AMOUNT: Final = re.compile(r"(-?)(\d{4,9})")
_STARTS_WITH_DIGIT: Final = re.compile(r"-?\d")
# Text that a spreadsheet program would take for a formula, or for a command to another program (DDE).
_FORMULA: Final = re.compile(r"\s*(?:=\s*[\w\"'(+@$-]|[+@-]\s*[A-Za-z.]+\(|[=+@-][^|]*\|[^|!]*!)")

Row = list[str]


def sheet_blocks(name: str, rows: Iterable[Sequence[str]], hidden: Hidden) -> Iterator[Block]:
    """The blocks of a sheet, under a heading with its name if somebody gave it one.

    Amounts are written as people write them, "31 400". Cells that read as formulas stay text and are counted.
    """
    cleaned = [row for row in ([clean(cell) for cell in each] for each in rows) if any(row)]
    if not cleaned:
        return
    for _ in range(sum(is_formula(cell) for row in cleaned for cell in row)):
        hidden.times(finding.FORMULA)
    name = clean(name)
    if name and not _UNNAMED.fullmatch(name):
        yield Block(Kind.HEADING, name, level=1)
    for part in _parts(cleaned):
        yield from _part(part)


def is_formula(cell: str) -> bool:
    """Whether a text would be run as a formula where it is pasted."""
    return cell[:1] in "=+-@ " and _FORMULA.match(cell) is not None


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
    table = table_block(_with_amounts(_without_empty_columns(rows)))
    if table:
        yield table


def _without_empty_columns(rows: list[Row]) -> list[Row]:
    used = sorted({at for row in rows for at, cell in enumerate(row) if cell})
    return [[row[at] if at < len(row) else "" for at in used] for row in rows]


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
