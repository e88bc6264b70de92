"""Word documents of before 2007."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from allmanning.ingest.read import finding
from allmanning.ingest.read.by_hand import read_by_hand
from allmanning.ingest.read.document import Block, Extract, Kind, assemble, clean, first_heading, table_block
from allmanning.ingest.read.hidden import Hidden
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.word.doc_file import DocFile, Properties, opened
from allmanning.ingest.read.word.doc_styles import LIST, LIST_DEPTH, DocStyles, numbering_in

_IN_TABLE: Final = 0x2416
_ROW_END: Final = 0x2417
_VANISH: Final = 0x083C
_DELETED: Final = 0x0800
_COLOUR: Final = 0x6870
_COLOUR_INDEX: Final = 0x2A42
_WHITE_INDEX: Final = 8
_SHADES: Final = (0x4866, 0xCA71, 0x2A0C)
_PARAGRAPH_SHADES: Final = (0x442D, 0xC64D)
_SIZE: Final = 0x4A43
_BOLD: Final = 0x0835
_SPECIAL: Final = 0x0855
# Half points.
_SMALLEST: Final = 2
_WHITE_FROM: Final = 0xF0
_ENDS: Final = "\r\x07\x0c"
_CELL_END: Final = "\x07"
_NOTE: Final = "\x02"
_SIGNS: Final = {"\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\t": "\t", "\n": "\n"}


@dataclass
class _Paragraph:
    text: str
    style: int
    properties: Properties
    end: str
    bold: bool = False
    notes: list[str] = field(default_factory=list)

    def says(self, code: int) -> bool:
        return any(self.properties.get(code, b""))


def read_doc(original: Original) -> Extract:
    """Read a Word document of before 2007, as `read_docx` does. Its header, footer and comments are left out."""
    document = _Document(opened(original.path))
    blocks = read_by_hand(document.blocks())
    title = first_heading(blocks, 5)
    return assemble(blocks, title=title, findings=document.hidden.findings())


class _Document:
    def __init__(self, file: DocFile) -> None:
        self.hidden = Hidden()
        self._file = file
        self._styles = DocStyles(file)
        self._numbering = numbering_in(file)
        ranges = file.ranges
        # A note does not refer to notes.
        self._notes: dict[int, str] = {}
        self._notes = {
            **self._noted(file.part(2), file.part(3), ranges.footnotes),
            **self._noted(file.part(46), file.part(47), ranges.endnotes),
        }
        self.hidden.note(finding.HIDDEN_COMMENT, file.text[ranges.comments.start : ranges.comments.stop])

    def blocks(self) -> Iterator[Block]:
        yield from self._flow(self._paragraphs(self._file.ranges.body))
        # Text boxes float: they have no place in the text.
        yield from self._flow(self._paragraphs(self._file.ranges.boxes))

    def _flow(self, paragraphs: Iterator[_Paragraph]) -> Iterator[Block]:
        rows: list[list[list[_Paragraph]]] = []
        row: list[list[_Paragraph]] = []
        cell: list[_Paragraph] = []
        for paragraph in paragraphs:
            if paragraph.says(_IN_TABLE) or paragraph.end == _CELL_END:
                if paragraph.says(_ROW_END):
                    rows.append(row)
                    row = []
                    continue
                cell.append(paragraph)
                if paragraph.end == _CELL_END:
                    row.append(cell)
                    cell = []
                continue
            yield from self._table(rows, row, cell)
            rows, row, cell = [], [], []
            yield from self._block(paragraph)
        yield from self._table(rows, row, cell)

    def _table(
        self, rows: list[list[list[_Paragraph]]], row: list[list[_Paragraph]], cell: list[_Paragraph]
    ) -> Iterator[Block]:
        rows = [*rows, [*row, cell]] if row or cell else rows
        if max((len(each) for each in rows), default=0) <= 1:
            # A frame around text, not a table.
            for framed in (paragraph for cells in rows for lines in cells for paragraph in lines):
                yield from self._block(framed)
            return
        notes: list[Block] = []
        grid = []
        for each in rows:
            line = []
            for paragraphs in each:
                blocks = [block for paragraph in paragraphs for block in self._block(paragraph)]
                notes += (block for block in blocks if block.kind is Kind.FOOTNOTE)
                texts = [block.text for block in blocks if block.kind is not Kind.FOOTNOTE]
                line.append(texts[0].removeprefix("- ") if len(texts) == 1 else " ".join(texts))
            grid.append(line)
        block = table_block(grid)
        if block:
            yield block
        yield from notes

    def _block(self, paragraph: _Paragraph) -> Iterator[Block]:
        text = clean(paragraph.text)
        if text and not self._styles.is_contents(paragraph.style):
            list_id = self._styles.said(paragraph.style, paragraph.properties, LIST)
            label = None
            if list_id and any(list_id):
                depth = self._styles.said(paragraph.style, paragraph.properties, LIST_DEPTH) or b"\0"
                label = self._numbering.label(str(int.from_bytes(list_id, "little")), depth[0])
            level = self._styles.level(paragraph.style, paragraph.properties)
            if level:
                yield Block(Kind.HEADING, f"{label} {text}" if label and label != "-" else text, level)
            elif label:
                yield Block(Kind.LIST_ITEM, f"{label} {text}")
            else:
                yield Block(Kind.PARAGRAPH, text, level=1 if paragraph.bold else 0)
        yield from (Block(Kind.FOOTNOTE, note) for note in paragraph.notes)

    def _paragraphs(self, places: range) -> Iterator[_Paragraph]:
        text = self._file.text
        start = places.start
        fields = _Fields()
        for at in range(places.start, min(places.stop, len(text))):
            if text[at] in _ENDS:
                yield self._paragraph(start, at, fields)
                start = at + 1
        if start < min(places.stop, len(text)):
            yield self._paragraph(start, min(places.stop, len(text)), fields)

    def _paragraph(self, start: int, end: int, fields: _Fields) -> _Paragraph:
        said = self._file.paragraph_at(end)
        style, properties = (said.style, said.properties) if said else (0, {})
        sign = self._file.text[end : end + 1] or "\r"
        paragraph = _Paragraph("", style, properties, sign)
        dark = paragraph.says(_IN_TABLE) or any(code in properties for code in _PARAGRAPH_SHADES)
        parts: list[str] = []
        bold: list[bool] = []
        for first, last, letters in self._file.letters_in(start, end):
            text = self._visible(first, last, letters, paragraph, fields)
            code = self._hidden_code(style, letters, dark=dark) if text.strip() else None
            if code:
                self.hidden.note(code, text)
            elif not _is_set(letters.get(_DELETED)):
                parts.append(text)
                if text.strip():
                    bold.append(_is_set(self._styles.letters_said(style, letters, _BOLD)))
        # Characters outside the basic plane were counted as two.
        paragraph.text = "".join(parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", errors="replace")
        paragraph.bold = bool(bold) and all(bold)
        return paragraph

    def _visible(self, first: int, last: int, letters: Properties, paragraph: _Paragraph, fields: _Fields) -> str:
        out = []
        special = _is_set(letters.get(_SPECIAL))
        for at in range(first, last):
            sign = self._file.text[at]
            if fields.takes(sign) or (special and sign == "("):
                continue
            if sign == _NOTE:
                note = self._notes.get(at)
                if note:
                    paragraph.notes.append(note)
            elif sign >= " ":
                out.append(sign)
            else:
                out.append(_SIGNS.get(sign, ""))
        return "".join(out)

    def _hidden_code(self, style: int, letters: Properties, *, dark: bool) -> str | None:
        vanish = letters.get(_VANISH)
        by_style = _is_set(self._styles.letters_said(style, {}, _VANISH))
        # 0x80: as the style says; 0x81: the opposite.
        if vanish is None or vanish[:1] in (b"\x80", b"\x81"):
            hidden = by_style != (vanish is not None and vanish[:1] == b"\x81")
        else:
            hidden = _is_set(vanish)
        if hidden:
            return finding.HIDDEN_STYLE
        size = self._styles.letters_said(style, letters, _SIZE)
        if size and 0 < int.from_bytes(size[:2], "little") <= _SMALLEST:
            return finding.HIDDEN_SIZE
        if dark or any(any(letters.get(code, b"")) for code in _SHADES):
            return None
        colour = self._styles.letters_said(style, letters, _COLOUR)
        index = self._styles.letters_said(style, letters, _COLOUR_INDEX)
        if colour and len(colour) == 4 and colour[3] == 0 and min(colour[:3]) >= _WHITE_FROM:
            return finding.HIDDEN_COLOUR
        return finding.HIDDEN_COLOUR if not colour and index and index[0] == _WHITE_INDEX else None

    def _noted(self, references: bytes, bounds: bytes, places: range) -> dict[int, str]:
        """Where a note is referred to -> what it says."""
        number = (len(references) - 4) // 6
        if number < 1 or len(bounds) < 4 * (number + 1):
            return {}
        at = struct.unpack_from(f"<{number}L", references)
        ends = struct.unpack_from(f"<{number + 1}L", bounds)
        found = {}
        for index, place in enumerate(at):
            lines = self._paragraphs(
                range(places.start + ends[index], min(places.stop, places.start + ends[index + 1]))
            )
            text = clean(" ".join(line.text for line in lines))
            if text:
                found[place] = text
        return found


class _Fields:
    """Follows fields, such as links and page numbers: what they do is no text, what they show is."""

    def __init__(self) -> None:
        self._showing: list[bool] = []

    def takes(self, sign: str) -> bool:
        """Whether the sign belongs to a field and not to the text."""
        if sign == "\x13":
            self._showing.append(False)
        elif sign == "\x14" and self._showing:
            self._showing[-1] = True
        elif sign == "\x15" and self._showing:
            self._showing.pop()
        else:
            return not all(self._showing)
        return True


def _is_set(said: bytes | None) -> bool:
    return said is not None and said[:1] not in (b"", b"\x00", b"\x80")
