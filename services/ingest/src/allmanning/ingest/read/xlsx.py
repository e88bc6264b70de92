"""Excel workbooks."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import dropwhile
from typing import Final

from unstructured.documents.elements import Element
from unstructured.partition.xlsx import partition_xlsx

from allmanning.ingest.read.document import Block, Extract, Kind, assemble, clean, table_block
from allmanning.ingest.read.elements import rows_of

_UNNAMED: Final = re.compile(r"(?:sheet|blad|tabelle|feuil)\s*\d*", re.IGNORECASE)


def read_xlsx(data: bytes) -> Extract:
    """Read every sheet as one table under a heading with its name; lines above the table's header are paragraphs."""
    sheets = partition_xlsx(file=io.BytesIO(data), languages=["swe"], find_subtable=False, include_header=False)
    return assemble(block for sheet in sheets for block in _sheet(sheet))


def _sheet(sheet: Element) -> Iterator[Block]:
    name = clean(sheet.metadata.page_name or "")
    if name and not _UNNAMED.fullmatch(name):
        yield Block(Kind.HEADING, name, level=1)
    rows = [[clean(cell) for cell in row] for row in rows_of(sheet)]
    rows = [row for row in rows if any(row)]
    if max((_filled(row) for row in rows), default=0) > 1:
        head = rows[: _header_at(rows)]
        yield from (Block(Kind.PARAGRAPH, " ".join(cell for cell in row if cell)) for row in head)
        rows = rows[len(head) :]
    table = table_block(rows)
    if table:
        yield table


def _header_at(rows: list[list[str]]) -> int:
    """Index of the first row with at least two cells: those above it are captions."""
    return len(rows) - len(list(dropwhile(lambda row: _filled(row) < 2, rows)))


def _filled(row: list[str]) -> int:
    return sum(map(bool, row))
