"""PowerPoint presentations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from allmanning.ingest.read import finding
from allmanning.ingest.read.document import Block, Extract, Kind, assemble, clean, first_heading, table_block
from allmanning.ingest.read.grid import Cell, rows_of_cells
from allmanning.ingest.read.hidden import Hidden, is_white
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.package import Package
from allmanning.ingest.read.slides.pptx_backdrop import PAPER, Backdrop, P, number, placed
from allmanning.ingest.read.slides.pptx_chart import A, chart_blocks, diagram_blocks, relation_id, texts_in
from allmanning.ingest.read.xml_tree import attribute, local

_TITLES: Final = frozenset({"title", "ctrTitle"})
# Repeated on every slide.
_FURNITURE: Final = frozenset({"dt", "ftr", "sldNum", "hdr", "sldImg"})
_SHAPES: Final = frozenset({"sp", "graphicFrame", "grpSp", "AlternateContent", "Choice", "cxnSp", "pic", "contentPart"})
_COMMENTS: Final = frozenset({"comments", "comment"})
_DEEPEST: Final = 20
# Hundredths of a point.
_SMALLEST: Final = 100


def read_pptx(original: Original) -> Extract:
    """Read every slide that is shown as a page: its title as a heading, its text, tables and speaker notes."""
    with Package(original) as package:
        show = _Show(package)
        blocks = list(show.blocks(original))
        title = first_heading(blocks)
        return assemble(blocks, title=title, findings=show.hidden.findings(), pages=show.pages)


class _Show:
    def __init__(self, package: Package) -> None:
        self.hidden = Hidden()
        self._package = package
        main = package.main_part()
        tree = package.tree(main)
        related = package.related(main)
        relations = [relation_id(each) for each in tree.iter(P + "sldId")]
        self._slides = [related[each].part for each in relations if each in related]
        self.pages = len(relations)
        size = tree.find(P + "sldSz")
        self._size = (number(size, "cx"), number(size, "cy")) if size is not None else (0, 0)

    def blocks(self, original: Original) -> Iterator[Block]:
        for page, part in enumerate(self._slides, start=1):
            slide = self._package.find(part)
            if slide is None:
                continue
            related = self._package.related(part)
            for kind, name in related.values():
                if kind in _COMMENTS and (comments := self._package.find(name)) is not None:
                    self.hidden.note_all(finding.HIDDEN_COMMENT, texts_in(comments), page)
            if slide.get("show") in ("0", "false"):
                self.hidden.note_all(finding.HIDDEN_SHEET, texts_in(slide), page)
                continue
            yield from _Slide(self._package, self.hidden, page, self._size, part).blocks(slide)
            for kind, name in related.values():
                if kind == "notesSlide" and (notes := self._package.find(name)) is not None:
                    yield from _notes(notes, page)
            original.told(page, self.pages)


class _Slide:
    def __init__(self, package: Package, hidden: Hidden, page: int, size: tuple[int, int], part: str) -> None:
        self._package = package
        self._hidden = hidden
        self._page = page
        self._size = size
        self._part = part
        self._related = package.related(part)

    def blocks(self, slide: Element) -> Iterator[Block]:
        tree = slide.find(f"{P}cSld/{P}spTree")
        if tree is None:
            return
        backdrop = Backdrop(self._package, self._part, slide)
        shapes = list(self._shapes(tree, 0))
        titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
        for shape in titles:
            dark = backdrop.lies_behind(shape)
            if text := clean(" ".join(self._text(each, dark=dark) for each in shape.iter(A + "p"))):
                yield Block(Kind.HEADING, text, level=1, page=self._page)
        for shape in shapes:
            if shape not in titles:
                yield from self._shape(shape, dark=backdrop.lies_behind(shape))

    def _shapes(self, parent: Element, depth: int) -> Iterator[Element]:
        """Shapes that are seen, also those in groups."""
        if depth > _DEEPEST:
            return
        for shape in parent:
            name = local(shape)
            if name not in _SHAPES or _placeholder(shape) in _FURNITURE:
                continue
            properties = next((each for each in shape.iter(P + "cNvPr")), None)
            if properties is not None and properties.get("hidden") in ("1", "true"):
                self._hidden.note_all(finding.HIDDEN_STYLE, texts_in(shape), self._page)
            # Inside a group, places are in the group's own measure.
            elif depth == 0 and self._is_off(shape):
                self._hidden.note_all(finding.HIDDEN_OFF_PAGE, texts_in(shape), self._page)
            elif name in ("grpSp", "AlternateContent", "Choice"):
                yield from self._shapes(shape, depth + 1)
            else:
                yield shape

    def _is_off(self, shape: Element) -> bool:
        """Whether all of it lies beside the slide."""
        place = placed(shape)
        if place is None or not all(self._size):
            return False
        left, top, right, bottom = place
        return right <= 0 or bottom <= 0 or left >= self._size[0] or top >= self._size[1]

    def _shape(self, shape: Element, *, dark: bool) -> Iterator[Block]:
        table = next(shape.iter(A + "tbl"), None)
        if table is not None:
            block = table_block(rows_of_cells(self._rows(table)), self._page)
            if block:
                yield block
            return
        body = shape.find(P + "txBody")
        if body is not None:
            yield from self._body(body, dark=dark, bulleted=_placeholder(shape) in ("body", "obj", ""))
            return
        for each in shape.iter():
            if local(each) == "chart" and (related := self._related.get(relation_id(each))):
                yield from chart_blocks(self._package.find(related.part), self._page)
            elif local(each) == "relIds":
                data = self._related.get(attribute(each, "dm"))
                yield from diagram_blocks(self._package.find(data.part) if data else None, self._page)

    def _body(self, body: Element, *, dark: bool, bulleted: bool) -> Iterator[Block]:
        paragraphs = [(each, self._text(each, dark=dark)) for each in body.findall(A + "p")]
        paragraphs = [(each, text) for each, text in paragraphs if clean(text)]
        number = 0
        for element, text in paragraphs:
            mark = _mark(element)
            number = number + 1 if mark == "number" else 0
            if mark == "number":
                yield Block(Kind.LIST_ITEM, f"{number}. {text}", page=self._page)
            elif mark == "bullet" or (mark == "" and bulleted and len(paragraphs) > 1):
                yield Block(Kind.LIST_ITEM, f"- {text}", page=self._page)
            else:
                yield Block(Kind.PARAGRAPH, text, page=self._page)

    def _text(self, paragraph: Element, *, dark: bool) -> str:
        parts = []
        for run in paragraph:
            name = local(run)
            if name == "br":
                parts.append("\n")
            elif name in ("r", "fld"):
                text = "".join(str(each.text or "") for each in run.findall(A + "t"))
                code = _hidden_code(run.find(A + "rPr"), dark=dark)
                if code and text.strip():
                    self._hidden.note(code, text, self._page)
                else:
                    parts.append(text)
            elif name not in ("pPr", "endParaRPr"):
                # A formula.
                parts.append(" ".join(texts_in(run)))
        return "".join(parts)

    def _rows(self, table: Element) -> Iterator[list[Cell]]:
        for row in table.findall(A + "tr"):
            yield [
                Cell(
                    # A table's style colours its cells.
                    " ".join(self._text(each, dark=True) for each in cell.iter(A + "p")),
                    number(cell, "gridSpan") or 1,
                    number(cell, "rowSpan") or 1,
                )
                for cell in row.findall(A + "tc")
                if cell.get("hMerge") not in ("1", "true") and cell.get("vMerge") not in ("1", "true")
            ]


def _notes(notes: Element, page: int) -> Iterator[Block]:
    for shape in notes.iter(P + "sp"):
        if _placeholder(shape) in _FURNITURE:
            continue
        for paragraph in shape.iter(A + "p"):
            if text := clean(" ".join(texts_in(paragraph))):
                yield Block(Kind.PARAGRAPH, text, page=page)


def _placeholder(shape: Element) -> str | None:
    """The kind of placeholder that a shape fills, "" for an unnamed one; None when it is none."""
    found = shape.find(f"./*/{P}nvPr/{P}ph")
    return None if found is None else str(found.get("type", ""))


def _mark(paragraph: Element) -> str:
    """What stands before the paragraph: "bullet", "number", "none", or "" where its slide's layout decides."""
    properties = paragraph.find(A + "pPr")
    for child in () if properties is None else properties:
        name = local(child)
        if name == "buNone":
            return "none"
        if name in ("buChar", "buBlip"):
            return "bullet"
        if name == "buAutoNum":
            return "number"
    return ""


def _hidden_code(properties: Element | None, *, dark: bool) -> str | None:
    if properties is None:
        return None
    size = properties.get("sz", "")
    if size.isdigit() and int(size) <= _SMALLEST:
        return finding.HIDDEN_SIZE
    if not dark and properties.find(A + "highlight") is None:
        mixed = properties.find(f"{A}solidFill/{A}srgbClr")
        named = properties.find(f"{A}solidFill/{A}schemeClr")
        if mixed is not None and is_white(str(mixed.get("val", ""))):
            return finding.HIDDEN_COLOUR
        if named is not None and named.get("val") in PAPER and not len(named):
            return finding.HIDDEN_COLOUR
    return None
