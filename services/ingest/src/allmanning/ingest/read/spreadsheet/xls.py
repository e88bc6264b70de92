"""Excel workbooks of before 2007."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import xlrd  # type: ignore[import-untyped]
from xlrd.book import Book  # type: ignore[import-untyped]
from xlrd.sheet import Cell, Sheet  # type: ignore[import-untyped]

from allmanning.ingest.read import finding
from allmanning.ingest.read.document import Block, Extract, assemble
from allmanning.ingest.read.hidden import Hidden
from allmanning.ingest.read.length import Allowance
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.spreadsheet.cell_value import number_text, shows_nothing
from allmanning.ingest.read.spreadsheet.sheet import sheet_blocks
from allmanning.runtime.errors import Unprocessable

_NUMBERS = (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE)


def read_xls(original: Original) -> Extract:
    """Read every sheet that is shown, as `read_xlsx` does."""
    try:
        # What xlrd complains of goes nowhere; a reader may not open even the null device.
        book = xlrd.open_workbook(str(original.path), logfile=StringIO(), formatting_info=True, on_demand=True)
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise Unprocessable(
                "document.encrypted", "Filen är låst med lösenord. (The file is locked with a password.)"
            ) from error
        raise
    hidden = Hidden()
    with book:
        blocks = list(_blocks(book, hidden, original))
    return assemble(blocks, findings=hidden.findings())


def _blocks(book: Book, hidden: Hidden, original: Original) -> Iterator[Block]:
    allowance = Allowance()
    for number in range(book.nsheets):
        sheet = book.sheet_by_index(number)
        allowance.take(sum(len(cell.value) for row in sheet.get_rows() for cell in row if isinstance(cell.value, str)))
        if sheet.visibility:
            hidden.note_all(finding.HIDDEN_SHEET, (_text(book, cell) for row in sheet.get_rows() for cell in row))
        else:
            yield from sheet_blocks(sheet.name, _shown(book, sheet, hidden), hidden)
        book.unload_sheet(number)
        original.told(number + 1, book.nsheets)


def _shown(book: Book, sheet: Sheet, hidden: Hidden) -> Iterator[list[str]]:
    unseen = {column for column, info in sheet.colinfo_map.items() if info.hidden}
    covered = _covered(sheet)
    for number in range(sheet.nrows):
        row = [_text(book, cell) for cell in sheet.row(number)]
        info = sheet.rowinfo_map.get(number)
        if info is not None and info.hidden:
            hidden.note_all(finding.HIDDEN_STYLE, row)
            continue
        line = []
        for column, (text, cell) in enumerate(zip(row, sheet.row(number), strict=True)):
            if column in unseen or (text and shows_nothing(_format(book, cell))):
                hidden.note(finding.HIDDEN_STYLE, text)
                line.append("")
                continue
            origin = covered.get((number, column))
            line.append(text if origin is None or text else _text(book, sheet.cell(*origin)))
        yield line


def _covered(sheet: Sheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Places that a merged cell covers below its upper left one, and where that is."""
    return {
        (row, left): (top, left)
        for top, bottom, left, _ in sheet.merged_cells
        if bottom <= sheet.nrows
        for row in range(top + 1, bottom)
    }


def _text(book: Book, cell: Cell) -> str:
    if cell.ctype in _NUMBERS:
        return number_text(float(cell.value), _format(book, cell), from_1904=bool(book.datemode))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, ""))
    return str(cell.value)


def _format(book: Book, cell: Cell) -> str:
    if cell.xf_index is None or cell.xf_index >= len(book.xf_list):
        return "General"
    form = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    return str(form.format_str) if form else "General"
