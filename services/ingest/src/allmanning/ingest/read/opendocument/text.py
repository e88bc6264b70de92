"""The flow of text in an OpenDocument file: paragraphs, headings, lists, tables, notes and frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from allmanning.ingest.read import finding
from allmanning.ingest.read.document import Block, Kind, clean, table_block
from allmanning.ingest.read.grid import Cell, rows_of_cells
from allmanning.ingest.read.hidden import Hidden
from allmanning.ingest.read.opendocument.styles import OUTLINE, OdfStyles
from allmanning.ingest.read.xml_tree import attribute, local

_DEEPEST: Final = 30
_WIDEST: Final = 256
_WRAPPERS: Final = frozenset(
    {"section", "text-box", "frame", "g", "custom-shape", "rect", "ellipse", "index-body", "a"}
)
# An index repeats what stands elsewhere.
_NOT_TEXT: Final = frozenset(
    {"tracked-changes", "table-of-content", "sequence-decls", "forms", "shapes", "binary-data"}
)
_BOXES: Final = frozenset({"frame", "g", "custom-shape", "rect", "ellipse"})


@dataclass
class _Line:
    """What a paragraph says, while it is read."""

    parts: list[str] = field(default_factory=list)
    notes: list[Element] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    bold: list[bool] = field(default_factory=list)


class OdfText:
    """Reads what stands in one document."""

    def __init__(self, styles: OdfStyles, hidden: Hidden) -> None:
        self._styles = styles
        self._hidden = hidden

    def flow(self, parent: Element, *, page: int = 0, dark: bool = False, depth: int = 0) -> Iterator[Block]:
        """The blocks of `parent`, on `page`; `dark` where something lies behind its text."""
        if depth > _DEEPEST:
            raise ValueError("too deep")
        for child in parent:
            name = local(child)
            if name in ("p", "h"):
                yield from self._paragraph(child, page, dark=dark, depth=depth)
            elif name == "list":
                yield from self._list(child, attribute(child, "style-name"), 1, page, dark=dark, depth=depth)
            elif name == "table":
                yield from self._table(child, page, depth)
            elif name == "annotation":
                self._hidden.note(finding.HIDDEN_COMMENT, _all_text(child), page)
            elif name == "section" and attribute(child, "display") == "none":
                self._hidden.note(finding.HIDDEN_STYLE, _all_text(child), page)
            elif name in _WRAPPERS:
                behind = dark or self._styles.is_coloured(attribute(child, "style-name"))
                yield from self.flow(child, page=page, dark=behind, depth=depth + 1)
            elif name not in _NOT_TEXT and len(child):
                yield from self.flow(child, page=page, dark=dark, depth=depth + 1)

    def text(self, element: Element, page: int = 0, *, dark: bool = True) -> str:
        """The visible text of a paragraph."""
        line = _Line()
        self._read(element, [attribute(element, "style-name")], line, page, dark=dark)
        return clean("".join(line.parts))

    def _paragraph(self, element: Element, page: int, *, dark: bool, depth: int) -> Iterator[Block]:
        style = attribute(element, "style-name")
        line = _Line()
        self._read(element, [style], line, page, dark=dark)
        text = clean("".join(line.parts))
        level = int(attribute(element, "outline-level") or 1) if local(element) == "h" else 0
        level = level or (1 if self._styles.is_title(style) else self._styles.outline_level(style))
        if text:
            if level:
                label = self._styles.numbering.label(OUTLINE, level - 1) if _is_numbered(element) else None
                yield Block(Kind.HEADING, f"{label} {text}" if label and label != "-" else text, min(6, level), page)
            else:
                by_hand = bool(line.bold) and all(line.bold)
                yield Block(Kind.PARAGRAPH, text, 1 if by_hand else 0, page)
        for box in line.boxes:
            behind = self._styles.is_coloured(attribute(box, "style-name"))
            yield from self.flow(box, page=page, dark=behind, depth=depth + 1)
        for note in line.notes:
            words = " ".join(block.text for block in self.flow(note, page=page, depth=depth + 1))
            if words:
                yield Block(Kind.FOOTNOTE, words, page=page)

    def _read(self, element: Element, styles: list[str], line: _Line, page: int, *, dark: bool) -> None:
        self._say(element.text, styles, line, page, dark=dark)
        for child in element:
            name = local(child)
            if name == "s" or name in ("tab", "line-break"):
                line.parts.append(" ")
            elif name == "note":
                line.notes += [each for each in child if local(each) == "note-body"]
            elif name == "annotation":
                self._hidden.note(finding.HIDDEN_COMMENT, _all_text(child), page)
            elif name in _BOXES:
                line.boxes.append(child)
            elif name in ("hidden-text", "hidden-paragraph"):
                self._hidden.note(finding.HIDDEN_STYLE, _all_text(child) or attribute(child, "string-value"), page)
            elif name not in ("ruby-text", "note-citation", "title", "desc", "event-listeners"):
                own = attribute(child, "style-name") if name in ("span", "a") else ""
                self._read(child, [*styles, own] if own else styles, line, page, dark=dark)
            self._say(child.tail, styles, line, page, dark=dark)

    def _say(self, text: str | None, styles: list[str], line: _Line, page: int, *, dark: bool) -> None:
        if not text:
            return
        code = self._styles.hidden_code(styles, dark=dark) if text.strip() else None
        if code:
            self._hidden.note(code, text, page)
            return
        line.parts.append(text)
        if text.strip():
            line.bold.append(any(self._styles.is_bold(style) for style in styles))

    def _list(self, element: Element, style: str, level: int, page: int, *, dark: bool, depth: int) -> Iterator[Block]:
        if depth > _DEEPEST:
            raise ValueError("too deep")
        if attribute(element, "continue-numbering") != "true" and not attribute(element, "continue-list"):
            self._styles.numbering.restart(style, level - 1)
        for item in element:
            if local(item) not in ("list-item", "list-header"):
                continue
            first = local(item) == "list-item"
            for child in item:
                if local(child) == "list":
                    inner = attribute(child, "style-name") or style
                    yield from self._list(child, inner, level + 1, page, dark=dark, depth=depth + 1)
                    continue
                wrapped = [child] if local(child) in ("p", "h") else child
                for block in self.flow_of(wrapped, page, dark=dark, depth=depth + 1):
                    if first and block.kind is Kind.PARAGRAPH:
                        yield self._item(block, child, style, level)
                        first = False
                    else:
                        yield block

    def flow_of(self, elements: list[Element] | Element, page: int, *, dark: bool, depth: int) -> Iterator[Block]:
        for element in elements:
            if local(element) in ("p", "h"):
                yield from self._paragraph(element, page, dark=dark, depth=depth)
            else:
                yield from self.flow(element, page=page, dark=dark, depth=depth)

    def _item(self, block: Block, element: Element, style: str, level: int) -> Block:
        style = style or self._styles.list_style(attribute(element, "style-name"))
        label = self._styles.numbering.label(style, level - 1)
        return replace(
            block, kind=Kind.LIST_ITEM, level=0, text=f"{'-' if label is None else label} {block.text}".strip()
        )

    def _table(self, table: Element, page: int, depth: int) -> Iterator[Block]:
        after: list[Block] = []
        rows = [self._row(row, page, depth, after) for row in table_rows(table)]
        if max((len(row) for row in rows), default=0) == 1:
            # A frame around text.
            for row in table_rows(table):
                for cell in row:
                    yield from self.flow(cell, page=page, dark=True, depth=depth + 1)
            return
        block = table_block(rows_of_cells(rows), page)
        if block:
            yield block
        yield from after

    def _row(self, row: Element, page: int, depth: int, after: list[Block]) -> list[Cell]:
        line = []
        for cell in row:
            if local(cell) != "table-cell":
                continue
            texts = []
            for block in self.flow(cell, page=page, dark=self._on_colour(cell), depth=depth + 1):
                if block.kind in (Kind.TABLE, Kind.FOOTNOTE):
                    after.append(block)
                else:
                    texts.append(block.text)
            text = texts[0].removeprefix("- ") if len(texts) == 1 else " ".join(texts)
            made = Cell(text, count(cell, "number-columns-spanned"), count(cell, "number-rows-spanned"))
            line += [made] * min(_WIDEST, count(cell, "number-columns-repeated"))
        return line

    def _on_colour(self, cell: Element) -> bool:
        return self._styles.is_coloured(attribute(cell, "style-name"))


def table_rows(table: Element, depth: int = 0) -> Iterator[Element]:
    """The rows of a table, also those in groups."""
    for child in table:
        name = local(child)
        if name == "table-row":
            yield child
        elif name in ("table-header-rows", "table-row-group", "table-rows") and depth < _DEEPEST:
            yield from table_rows(child, depth + 1)


def count(element: Element, name: str) -> int:
    """A number of times, at least 1."""
    said = attribute(element, name)
    return max(1, int(said)) if said.isdigit() and len(said) < 9 else 1


def _all_text(element: Element) -> str:
    return " ".join(str(text) for text in element.itertext())


def _is_numbered(element: Element) -> bool:
    return local(element) == "h" and attribute(element, "is-list-header") != "true"
