"""Word documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from allmanning.ingest.read import finding
from allmanning.ingest.read.by_hand import read_by_hand
from allmanning.ingest.read.document import Block, Extract, Kind, assemble, clean, first_heading, table_block
from allmanning.ingest.read.finding import Finding
from allmanning.ingest.read.grid import Cell, rows_of_cells
from allmanning.ingest.read.hidden import Hidden, is_white
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.package import Package
from allmanning.ingest.read.web.html import decoded_page, read_markup
from allmanning.ingest.read.word.docx_styles import Styles, W, is_on, numbering_of, value
from allmanning.ingest.read.word.docx_text import Paragraph, Surface, Text, box_surface
from allmanning.ingest.read.xml_tree import attribute, local

_DEEPEST: Final = 20
_WRAPPERS: Final = frozenset({"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"})


def read_docx(original: Original) -> Extract:
    """Read a Word document; the title is its first heading, otherwise the one in its properties.

    Pages are not given: a Word file knows them only as it was last printed.
    """
    with Package(original) as package:
        document = _Document(package)
        blocks = read_by_hand(document.blocks())
        title = first_heading(blocks, 5) or _property(package)
        return assemble(blocks, title=title, findings=[*document.hidden.findings(), *document.markup_findings])


def _property(package: Package) -> str:
    properties = package.find("docProps/core.xml")
    if properties is None:
        return ""
    return next((clean(each.text or "") for each in properties if local(each) == "title"), "")


class _Document:
    def __init__(self, package: Package) -> None:
        self.hidden = Hidden()
        self.markup_findings: list[Finding] = []
        self._package = package
        main = package.main_part()
        self._related = package.related(main)
        parts = dict(self._related.values())
        self._styles = Styles(package.find(parts.get("styles", "")))
        self._numbering = numbering_of(package.find(parts.get("numbering", "")))
        self._text = Text(self._styles, self.hidden)
        self._notes = {
            (kind, str(note.get(W + "id"))): note
            for kind in ("footnote", "endnote")
            for note in _children(package.find(parts.get(f"{kind}s", "")))
        }
        comments = package.find(parts.get("comments", ""))
        if comments is not None:
            self.hidden.note_all(finding.HIDDEN_COMMENT, (str(text) for text in comments.itertext()))
        self._root = package.tree(main)
        background = self._root.find(W + "background")
        self._surface = Surface(background is not None and not is_white(str(background.get(W + "color", "FFFFFF"))))

    def blocks(self) -> Iterator[Block]:
        body = self._root.find(W + "body")
        if body is not None:
            yield from self._flow(body, self._surface)

    def _flow(self, parent: Element, surface: Surface, depth: int = 0) -> Iterator[Block]:
        if depth > _DEEPEST:
            raise ValueError("too deep")
        for child in parent:
            name = local(child)
            if name == "p":
                yield from self._paragraph(child, surface, depth)
            elif name == "tbl":
                yield from self._table(child, surface, depth)
            elif name in _WRAPPERS:
                yield from self._flow(child, surface, depth + 1)
            elif name == "altChunk":
                yield from self._page(attribute(child, "id"))

    def _page(self, relation: str) -> Iterator[Block]:
        """A web page that case systems put into a document as it is."""
        related = self._related.get(relation)
        if (
            related
            and related.part.lower().endswith((".htm", ".html", ".xhtml"))
            and related.part in self._package.names
        ):
            blocks, found = read_markup(decoded_page(self._package.data(related.part)))
            self.markup_findings += found
            yield from blocks

    def _paragraph(self, element: Element, surface: Surface, depth: int) -> Iterator[Block]:
        paragraph = self._text.of(element, surface)
        properties = element.find(W + "pPr")
        style_id = value(properties, "pStyle")
        if paragraph.text and not self._styles.is_contents(style_id):
            yield self._block(paragraph, properties, style_id)
        for box in paragraph.boxes:
            yield from self._flow(box, box_surface(box), depth + 1)
        yield from self._footnotes(paragraph, depth)

    def _block(self, paragraph: Paragraph, properties: Element | None, style_id: str | None) -> Block:
        number, depth = self._styles.numbering(properties, style_id)
        label = self._numbering.label(number, depth) if number else None
        level = 1 if self._styles.is_title(style_id) else self._styles.level(properties, style_id)
        if level:
            return Block(
                Kind.HEADING, f"{label if label != '-' else ''} {paragraph.text}" if label else paragraph.text, level
            )
        if label is None and self._styles.is_list(style_id):
            label = "-"
        if label:
            return Block(Kind.LIST_ITEM, f"{label} {paragraph.text}")
        # A line set as a heading by hand; `read_by_hand` decides.
        by_hand = paragraph.bold and not number
        return Block(Kind.PARAGRAPH, paragraph.text, level=1 if by_hand else 0)

    def _footnotes(self, paragraph: Paragraph, depth: int) -> Iterator[Block]:
        for key in paragraph.notes:
            note = self._notes.get(key)
            if note is None:
                continue
            text = " ".join(block.text for block in self._flow(note, Surface(), depth + 1))
            if clean(text):
                yield Block(Kind.FOOTNOTE, text)

    def _table(self, table: Element, surface: Surface, depth: int) -> Iterator[Block]:
        shaded = Surface(surface.dark or self._styles.shades(value(table, "tblPr", "tblStyle")))
        rows = [row for row in _unwrapped(table, "tr") if not is_on(row.find(W + "trPr"), "hidden")]
        cells = [list(_unwrapped(row, "tc")) for row in rows]
        if max((len(row) for row in cells), default=0) == 1:
            # A frame around text, not a table.
            for row in cells:
                for cell in row:
                    yield from self._flow(cell, _cell_surface(cell, shaded), depth + 1)
            return
        after: list[Block] = []
        grid = [self._row(row, columns, shaded, depth, after) for row, columns in zip(rows, cells, strict=True)]
        block = table_block(rows_of_cells(_merged_down(grid)))
        if block:
            yield block
        yield from after

    def _row(
        self, row: Element, cells: list[Element], surface: Surface, depth: int, after: list[Block]
    ) -> list[tuple[Cell, bool]]:
        """The cells of a row, and whether each goes on from the one above; tables and notes in them go to `after`."""
        skipped = value(row.find(W + "trPr"), "gridBefore") or ""
        line = [(Cell("", _count(skipped)), False)] if skipped.isdigit() and int(skipped) else []
        for cell in cells:
            texts = []
            for block in self._flow(cell, _cell_surface(cell, surface), depth + 1):
                if block.kind in (Kind.TABLE, Kind.FOOTNOTE):
                    after.append(block)
                else:
                    texts.append(block.text)
            text = texts[0].removeprefix("- ") if len(texts) == 1 else " ".join(texts)
            properties = cell.find(W + "tcPr")
            merge = value(properties, "vMerge")
            goes_on = merge is not None and merge != "restart"
            line.append((Cell(text, _count(value(properties, "gridSpan"))), goes_on))
        return line


def _merged_down(grid: list[list[tuple[Cell, bool]]]) -> Iterator[list[Cell]]:
    """The rows, with the text of a cell repeated where it goes on below."""
    above: dict[int, str] = {}
    for row in grid:
        line = []
        texts: dict[int, str] = {}
        at = 0
        for cell, goes_on in row:
            text = above.get(at, "") if goes_on else cell.text
            texts[at] = text
            line.append(Cell(text, cell.columns))
            at += cell.columns
        above = texts
        yield line


def _cell_surface(cell: Element, surface: Surface) -> Surface:
    shade = cell.find(f"{W}tcPr/{W}shd")
    if shade is None:
        return surface
    fill = str(shade.get(W + "fill", "auto"))
    return surface if fill.lower() == "auto" else Surface(not is_white(fill))


def _unwrapped(parent: Element, name: str, depth: int = 0) -> Iterator[Element]:
    """Rows of a table, or cells of a row, also those inside content controls."""
    for child in parent:
        if child.tag == W + name:
            yield child
        elif local(child) in _WRAPPERS and depth < _DEEPEST:
            yield from _unwrapped(child, name, depth + 1)


def _children(tree: Element | None) -> Iterable[Element]:
    return [] if tree is None else [note for note in tree if note.get(W + "type") in (None, "normal")]


def _count(said: str | None) -> int:
    return max(1, int(said)) if said and said.isdigit() and len(said) < 4 else 1
