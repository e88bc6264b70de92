"""PowerPoint presentations of before 2007."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from allmanning.ingest.read import finding
from allmanning.ingest.read.document import Block, Extract, Kind, assemble, clean, first_heading, table_block
from allmanning.ingest.read.hidden import Hidden
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.slides.ppt_file import PptFile, Record, records

_DOCUMENT_ATOM: Final = 0x03E9
_SLIDE_LIST: Final = 0x0FF0
_SLIDES, _NOTES = 0, 2
_SLIDE_PLACE: Final = 0x03F3
_SLIDE_ATOM: Final = 0x03EF
_NOTES_ATOM: Final = 0x03F1
_SHOW_INFO: Final = 0x03F9
_HIDDEN_FLAG: Final = 0x0004
_DRAWING: Final = 0x040C
_DRAWING_GROUP: Final = 0xF002
_GROUP: Final = 0xF003
_SHAPE: Final = 0xF004
_TEXT_BOX: Final = 0xF00D
_CHILD_ANCHOR: Final = 0xF00F
_ANCHOR: Final = 0xF010
_CLIENT_DATA: Final = 0xF011
_PLACEHOLDER: Final = 0x0BC3
_TERTIARY: Final = 0xF122
_TABLE_PROPERTY: Final = 0x039F
_HEADER: Final = 0x0F9F
_CHARACTERS: Final = 0x0FA0
_BYTES: Final = 0x0FA8
_OUTLINE_TEXT: Final = 0x0F9E
_COMMENT: Final = 0x2EE0
_COMMENT_TEXT: Final = 0x0FBA
_TITLES: Final = frozenset({0, 6})
_BODIES: Final = frozenset({1, 7, 8})
_NOTES_TEXT: Final = 2
# Date, number, footer, header of a slide, and the picture of it on its notes.
_FURNITURE: Final = frozenset({7, 8, 9, 10, 11, 12})


@dataclass(frozen=True)
class _Text:
    kind: int
    text: str


def read_ppt(original: Original) -> Extract:
    """Read every slide that is shown as a page: its title as a heading, its text, tables and speaker notes."""
    show = _Show(PptFile(original.path))
    blocks = list(show.blocks(original))
    title = first_heading(blocks)
    return assemble(blocks, title=title, findings=show.hidden.findings(), pages=show.pages)


class _Show:
    def __init__(self, file: PptFile) -> None:
        self.hidden = Hidden()
        self._file = file
        lists = [each for each in file.document.children() if each.kind == _SLIDE_LIST]
        self._slides = [slide for each in lists if each.instance == _SLIDES for slide in _listed(each)]
        self._notes = dict(self._noted(each) for entry in lists if entry.instance == _NOTES for each in _listed(entry))
        self.pages = len(self._slides)
        size = file.document.child(_DOCUMENT_ATOM)
        self._size = struct.unpack_from("<ll", size.data) if size and len(size.data) >= 8 else (0, 0)

    def blocks(self, original: Original) -> Iterator[Block]:
        for page, (persist_id, slide_id, outline) in enumerate(self._slides, start=1):
            slide = self._file.named(persist_id)
            for comment in slide.all(_COMMENT):
                self.hidden.note_all(
                    finding.HIDDEN_COMMENT, (_wide(each.data) for each in comment.all(_COMMENT_TEXT)), page
                )
            info = slide.child(_SHOW_INFO)
            if info and len(info.data) >= 12 and struct.unpack_from("<H", info.data, 10)[0] & _HIDDEN_FLAG:
                texts = [each for shape in _shapes(slide) for each in _texts_of(shape, outline)]
                self.hidden.note_all(finding.HIDDEN_SHEET, (each.text for each in texts or outline), page)
                continue
            yield from self._slide(slide, outline, page)
            for text in self._notes.get(slide_id, ()):
                yield from (Block(Kind.PARAGRAPH, line, page=page) for line in _lines(text))
            original.told(page, self.pages)

    def _slide(self, slide: Record, outline: list[_Text], page: int) -> Iterator[Block]:
        titles: list[Block] = []
        rest: list[Block] = []
        for shape in _shapes(slide):
            if shape.kind == _GROUP:
                table = table_block(_rows(shape, outline), page)
                rest += [table] if table else []
                continue
            texts = _texts_of(shape, outline)
            if not texts or _placeholder(shape) in _FURNITURE:
                continue
            if self._is_off(shape):
                self.hidden.note_all(finding.HIDDEN_OFF_PAGE, (each.text for each in texts), page)
                continue
            for each in texts:
                if each.kind in _TITLES:
                    titles.append(Block(Kind.HEADING, " ".join(_lines(each.text)), level=1, page=page))
                else:
                    rest += _paragraphs(each, page)
        yield from titles
        yield from rest

    def _is_off(self, shape: Record) -> bool:
        """Whether all of it lies beside the slide."""
        anchor = shape.child(_ANCHOR)
        if anchor is None or not all(self._size):
            return False
        if len(anchor.data) == 8:
            top, left, right, bottom = struct.unpack("<4h", anchor.data)
        elif len(anchor.data) == 16:
            top, left, right, bottom = struct.unpack("<4l", anchor.data)
        else:
            return False
        return bool(right <= 0 or bottom <= 0 or left >= self._size[0] or top >= self._size[1])

    def _noted(self, entry: tuple[int, int, list[_Text]]) -> tuple[int, list[str]]:
        """The slide that a page of notes belongs to, and what it says."""
        notes = self._file.named(entry[0])
        atom = notes.child(_NOTES_ATOM)
        slide_id = struct.unpack_from("<L", atom.data)[0] if atom and len(atom.data) >= 4 else -1
        texts = [each for shape in _shapes(notes) for each in _texts_of(shape, entry[2])]
        return slide_id, [each.text for each in texts if each.kind == _NOTES_TEXT]


def _listed(entries: Record) -> Iterator[tuple[int, int, list[_Text]]]:
    """Slides: the number of the record, the slide's id, and the texts that its shapes refer to."""
    current: tuple[int, int, list[Record]] | None = None
    for each in entries.children():
        if each.kind == _SLIDE_PLACE:
            if current:
                yield current[0], current[1], list(_texts(current[2]))
            persist_id, _, _, slide_id = struct.unpack_from("<LLlL", each.data)
            current = persist_id, slide_id, []
        elif current:
            current[2].append(each)
    if current:
        yield current[0], current[1], list(_texts(current[2]))


def _texts(found: list[Record]) -> Iterator[_Text]:
    """Texts with their kind, of records that follow each other."""
    kind, said = 4, False
    for each in found:
        if each.kind == _HEADER:
            if said:
                yield _Text(kind, "")
            kind = struct.unpack_from("<L", each.data)[0] if len(each.data) >= 4 else 4
            said = True
        elif each.kind in (_CHARACTERS, _BYTES):
            yield _Text(kind, _wide(each.data) if each.kind == _CHARACTERS else each.data.decode("latin-1"))
            said = False
    if said:
        yield _Text(kind, "")


def _texts_of(shape: Record, outline: list[_Text]) -> list[_Text]:
    box = shape.child(_TEXT_BOX)
    if box is None:
        return []
    # A text box is no container by its version in some files.
    found = list(records(box.data))
    for each in found:
        if each.kind == _OUTLINE_TEXT and len(each.data) >= 4:
            (index,) = struct.unpack_from("<l", each.data)
            return [outline[index]] if 0 <= index < len(outline) else []
    return [each for each in _texts(found) if clean(each.text)]


def _shapes(slide: Record) -> Iterator[Record]:
    """The shapes of a slide, also those in groups; a table as its group."""
    drawing = slide.child(_DRAWING, _DRAWING_GROUP)
    waiting = list(reversed(list(drawing.children()))) if drawing else []
    while waiting:
        each = waiting.pop()
        if each.kind == _SHAPE or (each.kind == _GROUP and _is_table(each)):
            yield each
        elif each.kind == _GROUP:
            waiting.extend(reversed(list(each.children())))


def _is_table(group: Record) -> bool:
    first = group.child(_SHAPE, _TERTIARY)
    if first is None:
        return False
    properties = struct.iter_unpack("<HL", first.data[: 6 * min(first.instance, len(first.data) // 6)])
    return any(code & 0x3FFF == _TABLE_PROPERTY and said & 1 for code, said in properties)


def _rows(group: Record, outline: list[_Text]) -> list[list[str]]:
    """The cells of a table by where they lie."""
    rows: dict[int, dict[int, str]] = {}
    for shape in group.children():
        anchor = shape.child(_CHILD_ANCHOR) if shape.kind == _SHAPE else None
        if anchor is None or len(anchor.data) < 16 or shape.child(_TEXT_BOX) is None:
            continue
        left, top = struct.unpack_from("<ll", anchor.data)
        rows.setdefault(top, {})[left] = " ".join(" ".join(_lines(each.text)) for each in _texts_of(shape, outline))
    columns = sorted({left for row in rows.values() for left in row})
    return [[rows[top].get(left, "") for left in columns] for top in sorted(rows)]


def _placeholder(shape: Record) -> int:
    found = shape.child(_CLIENT_DATA, _PLACEHOLDER)
    return found.data[4] if found and len(found.data) > 4 else -1


def _paragraphs(text: _Text, page: int) -> list[Block]:
    lines = _lines(text.text)
    if text.kind in _BODIES and len(lines) > 1:
        return [Block(Kind.LIST_ITEM, f"- {line}", page=page) for line in lines]
    return [Block(Kind.PARAGRAPH, line, page=page) for line in lines]


def _lines(text: str) -> list[str]:
    return [line for line in (clean(each.replace("\x0b", " ")) for each in text.split("\r")) if line]


def _wide(data: bytes) -> str:
    return data.decode("utf-16-le", errors="replace")
