"""OpenDocument spreadsheets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from allmanning.ingest.read import finding
from allmanning.ingest.read.document import Block, Extract, assemble
from allmanning.ingest.read.grid import Cell, rows_of_cells
from allmanning.ingest.read.hidden import Hidden
from allmanning.ingest.read.length import Allowance
from allmanning.ingest.read.opendocument.package import body_of, opened
from allmanning.ingest.read.opendocument.styles import OdfStyles
from allmanning.ingest.read.opendocument.text import OdfText, count, table_rows
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.spreadsheet.sheet import sheet_blocks
from allmanning.ingest.read.xml_tree import attribute, local

_REACHES_OUT: Final = re.compile(r"\b(?:HYPERLINK|WEBSERVICE|DDE)\s*\(", re.IGNORECASE)
_UNSEEN: Final = frozenset({"collapse", "filter"})
_MOST_REPEATED: Final = 1_000
_WIDEST: Final = 256


def read_ods(original: Original) -> Extract:
    """Read every sheet that is shown, under a heading with its name, with its cells as they are displayed."""
    with opened(original) as package:
        content = package.tree("content.xml")
        hidden = Hidden()
        styles = OdfStyles(package.find("styles.xml"), content)
        reading = _Sheets(styles, hidden)
        return assemble(list(reading.blocks(body_of(content, "spreadsheet"))), findings=hidden.findings())


class _Sheets:
    def __init__(self, styles: OdfStyles, hidden: Hidden) -> None:
        self._styles = styles
        self._hidden = hidden
        self._text = OdfText(styles, hidden)
        self._allowance = Allowance()

    def blocks(self, book: Element) -> Iterator[Block]:
        for sheet in book:
            if local(sheet) != "table":
                continue
            if self._styles.said(attribute(sheet, "style-name"), "display") == "false":
                self._hidden.note_all(finding.HIDDEN_SHEET, (str(text) for text in sheet.itertext()))
                continue
            yield from sheet_blocks(attribute(sheet, "name"), rows_of_cells(self._rows(sheet)), self._hidden)

    def _rows(self, sheet: Element) -> Iterator[list[Cell]]:
        unseen = _unseen_columns(sheet)
        for row in table_rows(sheet):
            if attribute(row, "visibility") in _UNSEEN:
                self._hidden.note_all(finding.HIDDEN_STYLE, (str(text) for text in row.itertext()))
                continue
            cells = self._cells(row, unseen)
            while cells and not cells[-1].text:
                cells.pop()
            if not cells:
                continue
            for _ in range(min(_MOST_REPEATED, count(row, "number-rows-repeated"))):
                self._allowance.take_row(len(cells), sum(len(cell.text) for cell in cells))
                yield cells

    def _cells(self, row: Element, unseen: set[int]) -> list[Cell]:
        line: list[Cell] = []
        at = 0
        for cell in row:
            if local(cell) not in ("table-cell", "covered-table-cell"):
                continue
            if _REACHES_OUT.search(attribute(cell, "formula")):
                self._hidden.times(finding.FORMULA)
            repeated = count(cell, "number-columns-repeated")
            for column in range(at, at + min(_WIDEST, repeated)):
                if local(cell) == "covered-table-cell":
                    continue
                text = self._shown(cell)
                if column in unseen:
                    self._hidden.note(finding.HIDDEN_STYLE, text)
                    text = ""
                line.append(Cell(text, count(cell, "number-columns-spanned"), count(cell, "number-rows-spanned")))
            at += repeated
        return line

    def _shown(self, cell: Element) -> str:
        for note in cell:
            if local(note) == "annotation":
                self._hidden.note(finding.HIDDEN_COMMENT, " ".join(str(text) for text in note.itertext()))
        return " ".join(self._text.text(each) for each in cell if local(each) == "p")


def _unseen_columns(sheet: Element) -> set[int]:
    unseen: set[int] = set()
    at = 0
    for column in sheet.iter("{*}table-column"):
        repeated = count(column, "number-columns-repeated")
        if attribute(column, "visibility") in _UNSEEN:
            unseen.update(range(at, at + min(_WIDEST, repeated)))
        at += repeated
    return unseen
