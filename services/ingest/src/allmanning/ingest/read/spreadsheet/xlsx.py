"""Excel workbooks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Final

from lxml import etree  # type: ignore[import-untyped]
from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from allmanning.ingest.read import finding
from allmanning.ingest.read.document import Block, Extract, Kind, assemble
from allmanning.ingest.read.hidden import Hidden
from allmanning.ingest.read.length import Allowance
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.package import Package
from allmanning.ingest.read.spreadsheet.cell_value import format_of, number_text, shows_nothing
from allmanning.ingest.read.spreadsheet.sheet import sheet_blocks
from allmanning.ingest.read.xml_tree import attribute, local

_PLACE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
# Formulas that reach out of the workbook. Their cached value is read, as of any formula.
_REACHES_OUT: Final = re.compile(r"\b(?:HYPERLINK|WEBSERVICE|IMPORTXML|DDE|CALL|REGISTER)\s*\(|\|[^!]*!", re.IGNORECASE)
_ON: Final = frozenset({"1", "true", "on"})
_WIDEST_MERGE: Final = 1_000


def read_xlsx(original: Original) -> Extract:
    """Read every sheet that is shown, under a heading with its name; formulas by the value they had when saved."""
    with Package(original) as package:
        book = _Book(package)
        blocks = list(book.blocks(original))
        return assemble(blocks, findings=book.hidden.findings())


@dataclass
class _Sheet:
    """The cells of a sheet by row and column (from 0), and what of it is not shown."""

    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def hides(self, column: int) -> bool:
        return any(first <= column <= last for first, last in self.hidden_columns)

    def texts(self) -> Iterator[str]:
        return (text for row in self.rows.values() for text in row.values())


class _Book:
    def __init__(self, package: Package) -> None:
        self.hidden = Hidden()
        self._package = package
        self._main = package.main_part()
        self._tree = package.tree(self._main)
        self._related = package.related(self._main)
        parts = dict(self._related.values())
        self._allowance = Allowance()
        self._strings = list(self._shared(parts.get("sharedStrings", "")))
        self._formats = _formats(package.find(parts.get("styles", "")))
        properties = next((each for each in self._tree if local(each) == "workbookPr"), None)
        self._from_1904 = properties is not None and properties.get("date1904", "") in _ON

    def blocks(self, original: Original) -> Iterator[Block]:
        sheets = [each for each in self._tree.iter() if local(each) == "sheet"]
        for number, entry in enumerate(sheets, start=1):
            related = self._related.get(attribute(entry, "id"))
            if related is None or related.kind != "worksheet" or related.part not in self._package.names:
                continue
            beside = self._package.related(related.part)
            for kind, part in beside.values():
                if kind in ("comments", "threadedComment") and (tree := self._package.find(part)) is not None:
                    self.hidden.note_all(finding.HIDDEN_COMMENT, (str(text) for text in tree.itertext()))
            with self._package.stream(related.part) as stream:
                sheet = self._sheet(stream)
            if entry.get("state", "visible") != "visible":
                self.hidden.note_all(finding.HIDDEN_SHEET, sheet.texts())
                continue
            yield from sheet_blocks(entry.get("name", ""), self._shown(sheet), self.hidden)
            for kind, part in beside.values():
                if kind == "drawing":
                    yield from self._boxes(part)
            original.told(number, len(sheets))

    def _boxes(self, part: str) -> Iterator[Block]:
        """The text boxes that lie on a sheet, after it."""
        drawing = self._package.find(part)
        for paragraph in () if drawing is None else drawing.iter("{*}p"):
            text = "".join(str(each.text or "") for each in paragraph.iter("{*}t"))
            if text.strip():
                yield Block(Kind.PARAGRAPH, text)

    def _shown(self, sheet: _Sheet) -> Iterator[list[str]]:
        _repeat_merged(sheet)
        for number in sorted(sheet.rows):
            row = sheet.rows[number]
            if number in sheet.hidden_rows:
                self.hidden.note_all(finding.HIDDEN_STYLE, row.values())
                continue
            unseen = [column for column in row if sheet.hides(column)]
            self.hidden.note_all(finding.HIDDEN_STYLE, (row.pop(column) for column in unseen))
            # Rows are as wide as what is in them.
            yield [row.get(column, "") for column in range(max(row, default=-1) + 1)]

    def _sheet(self, stream: IO[bytes]) -> _Sheet:
        sheet = _Sheet()
        at = -1
        for _, element in _elements(stream, "row", "col", "mergeCell"):
            name = local(element)
            if name == "row":
                said = element.get("r", "")
                at = int(said) - 1 if said.isdigit() else at + 1
                cells = dict(self._cells(element))
                self._allowance.take_row(len(cells), sum(map(len, cells.values())))
                if cells:
                    sheet.rows[at] = cells
                if element.get("hidden") in _ON:
                    sheet.hidden_rows.add(at)
            elif name == "col" and (element.get("hidden") in _ON or element.get("width") == "0"):
                sheet.hidden_columns.append((int(element.get("min", "1")) - 1, int(element.get("max", "1")) - 1))
            elif name == "mergeCell":
                corners = [_place(each) for each in element.get("ref", "").split(":")]
                if len(corners) == 2 and corners[0] and corners[1]:
                    sheet.merged.append((*corners[0], *corners[1]))
        return sheet

    def _cells(self, row: Element) -> Iterator[tuple[int, str]]:
        column = -1
        for cell in row:
            if local(cell) != "c":
                continue
            place = _place(cell.get("r", ""))
            column = place[1] if place else column + 1
            parts = {local(part): part for part in cell}
            formula = parts.get("f")
            if formula is not None and _REACHES_OUT.search(formula.text or ""):
                self.hidden.times(finding.FORMULA)
            code = self._formats.get(cell.get("s", "0"), "General")
            text = self._text(cell.get("t", "n"), parts, code)
            if text and shows_nothing(code):
                self.hidden.note(finding.HIDDEN_STYLE, text)
            elif text:
                yield column, text

    def _text(self, kind: str, parts: dict[str, Element], code: str) -> str:
        if kind == "inlineStr":
            return _string(parts["is"]) if "is" in parts else ""
        value = str(parts["v"].text or "") if "v" in parts else ""
        if kind == "s":
            return self._strings[int(value)] if value.isdigit() and int(value) < len(self._strings) else ""
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE" if value else ""
        if kind != "n" or not value:
            return value
        try:
            return number_text(float(value), code, from_1904=self._from_1904)
        except (ValueError, OverflowError):
            return value

    def _shared(self, part: str) -> Iterator[str]:
        if part not in self._package.names:
            return
        with self._package.stream(part) as stream:
            # Often there are more strings than are used: not what is counted, only what must not take all memory.
            allowance = Allowance(100_000_000)
            for _, element in _elements(stream, "si"):
                text = _string(element)
                allowance.take_row(20, len(text))
                yield text


def _elements(stream: IO[bytes], *names: str) -> Iterator[tuple[str, Element]]:
    """The elements with these names, as they are read; each is let go of after its turn."""
    events = etree.iterparse(
        stream,
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    for event, element in events:
        yield event, element
        element.clear()
        # What stands before it is done with too.
        while element.getprevious() is not None:
            del element.getparent()[0]


def _string(element: Element) -> str:
    """A string with its differently formatted parts, without the reading aids of Japanese."""
    return "".join(str(each.text or "") for each in element.iter("{*}t") if local(each.getparent()) != "rPh")


def _formats(tree: Element | None) -> dict[str, str]:
    """Cell style -> format code."""
    if tree is None:
        return {}
    own = {int(each.get("numFmtId", "0")): str(each.get("formatCode", "")) for each in tree.iter("{*}numFmt")}
    styles = next(tree.iter("{*}cellXfs"), ())
    return {str(at): format_of(int(style.get("numFmtId", "0")), own) for at, style in enumerate(styles)}


def _repeat_merged(sheet: _Sheet) -> None:
    """Write a merged cell's text in each place it covers; not sideways where nothing else stands in its rows."""
    for top, left, bottom, right in sheet.merged:
        text = sheet.rows.get(top, {}).get(left)
        if text is None or (bottom - top + 1) * (right - left + 1) > _WIDEST_MERGE:
            continue
        for row in range(top, bottom + 1):
            cells = sheet.rows.get(row)
            if not cells:
                continue
            beside = any(column < left or column > right for column in cells)
            for column in range(left, right + 1 if beside else left + 1):
                cells.setdefault(column, text)


def _place(reference: str) -> tuple[int, int] | None:
    """Row and column, from 0, of a reference such as C7."""
    match = _PLACE.fullmatch(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1
