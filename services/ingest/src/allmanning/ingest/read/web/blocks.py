"""The blocks of a page, from its elements in their order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from lxml.html import HtmlElement  # type: ignore[import-untyped]

from allmanning.ingest.read.document import Block, Kind, clean
from allmanning.ingest.read.plain.lines import BULLET
from allmanning.ingest.read.plain.text import text_blocks
from allmanning.ingest.read.web.footnotes import is_footnote, note_of
from allmanning.ingest.read.web.inline_text import INLINE, reference_of, text_of
from allmanning.ingest.read.web.table import block_of_table, is_layout

_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_IN_ITEM: Final = frozenset({"p", "div", "section", "span", "center", "blockquote"})
_ITEM_IS_SECTION: Final = "./descendant::*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6]"
# Stands for a line break of the page among the words; no text has it.
_BREAK: Final = "\x00"
_EMPTY_LINE: Final = re.compile(r"\n[ \t\r]*\n")
_PARAGRAPHS_IN_TEXT: Final = 3
_SHORT_DEFINITION: Final = 400
_BULLETS: Final = frozenset("-–—*•▪◦‣·")
_ITEMS_IN_LINES: Final = 2


def blocks_of_page(root: HtmlElement) -> list[Block]:
    """The blocks below `root`. Nothing is left out: take away first what is no content."""
    walk = _Walk()
    walk.enter(root)
    walk.end_block()
    return walk.blocks


class _Walk:
    """Collects words until something ends the block that they are in."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._words: list[str] = []
        # What the next block begins with, when it is an item or what a term is explained by.
        self._marker = ""
        self._term = ""
        self._readers: Mapping[str, Callable[[HtmlElement], None]] = {
            "br": self._line_break,
            "table": self._table,
            **dict.fromkeys(("ul", "ol", "menu"), self._list),
            **dict.fromkeys(("pre", "xmp", "listing"), self._verbatim),
            **dict.fromkeys(("dt", "dd"), self._definition),
            "dl": self._definitions,
        }

    def enter(self, element: HtmlElement) -> None:
        """Read what is inside an element."""
        self._add(element.text)
        for child in element:
            if isinstance(child.tag, str):
                self._read(child)
            self._add(child.tail)

    def end_block(self) -> None:
        """End the block that words were collected for; two line breaks in them part paragraphs."""
        written, self._words = "".join(self._words), []
        for part in written.split(_BREAK + _BREAK):
            lines = [clean(line) for line in part.split(_BREAK)]
            if sum(bool(BULLET.match(line)) for line in lines) >= _ITEMS_IN_LINES:
                # A list whose writer knew no better than line breaks.
                for text in _items(lines):
                    self._say(text)
            else:
                self._say(clean(" ".join(lines)))

    def _say(self, text: str) -> None:
        if not any(character.isalnum() for character in text):
            return
        if self._marker:
            self.blocks.append(Block(Kind.LIST_ITEM, text if BULLET.match(text) else f"{self._marker} {text}"))
            self._marker = ""
            return
        if self._term:
            text, self._term = f"{self._term} {text}", ""
        is_item = bool(BULLET.match(text)) and (text[0] in _BULLETS or text[0].isdigit() or ")" in text[:4])
        self.blocks.append(Block(Kind.LIST_ITEM if is_item else Kind.PARAGRAPH, text))

    def _add(self, text: str | None) -> None:
        if not text:
            return
        text = text.replace(_BREAK, " ")
        paragraphs = [part for part in _EMPTY_LINE.split(text) if part.strip()]
        if len(paragraphs) >= _PARAGRAPHS_IN_TEXT:
            # Text whose line breaks are shown by a style, as statutes are published.
            self._preformatted(text)
            return
        self._words.append(text)

    def _read(self, element: HtmlElement) -> None:
        tag = str(element.tag)
        if reference := reference_of(element):
            self._words.append(f" [{reference}]")
        elif tag in _HEADINGS or element.get("role") == "heading":
            self._heading(element)
        elif is_footnote(element):
            self.end_block()
            self.blocks += note_of(element)
        elif tag in INLINE:
            if tag == "a" and element.get("class") == "paragraf":
                # The Riksdag's pages mark where a section begins, within one long run of text.
                self.end_block()
            self.enter(element)
        elif tag in self._readers:
            self._readers[tag](element)
        elif self._marker and tag in _IN_ITEM:
            self._words.append(" ")
            self.enter(element)
            self._words.append(" ")
        else:
            self.end_block()
            self.enter(element)
            self.end_block()

    def _line_break(self, _: HtmlElement) -> None:
        blank = []
        while self._words and not self._words[-1].strip(" \t\r\n"):
            blank.append(self._words.pop())
        # Two in a row, whatever white space is between them, end a paragraph.
        if not (self._words and self._words[-1].endswith(_BREAK)):
            self._words += reversed(blank)
        self._words.append(_BREAK)

    def _heading(self, element: HtmlElement) -> None:
        self.end_block()
        tag = str(element.tag)
        level = int(tag[1]) if tag in _HEADINGS else _level(element)
        self._marker = ""
        text = clean(text_of(element))
        if text:
            self.blocks.append(Block(Kind.HEADING, text, level))

    def _table(self, table: HtmlElement) -> None:
        self.end_block()
        for caption in table.xpath("./caption"):
            self.enter(caption)
            self.end_block()
            caption.drop_tree()
        if is_layout(table):
            for cell in table.xpath("./tr/*|./*/tr/*"):
                self.enter(cell)
                self.end_block()
            return
        block = block_of_table(table)
        if block:
            self.blocks.append(block)

    def _list(self, element: HtmlElement) -> None:
        self.end_block()
        number = _start(element) if element.tag == "ol" else None
        for child in element:
            if not isinstance(child.tag, str):
                continue
            if child.tag != "li":
                self._read(child)
                continue
            is_section = bool(child.xpath(_ITEM_IS_SECTION))
            self._marker = "" if is_section else "-" if number is None else f"{number}."
            self.enter(child)
            self.end_block()
            self._marker = ""
            number = None if number is None else number + 1

    def _definition(self, element: HtmlElement) -> None:
        """A term and what follows it are one block, when that is short."""
        if element.tag == "dt":
            self.end_block()
            text = clean(text_of(element))
            self._term = f"{self._term[:-1]}, {text}" if self._term.endswith(":") and text else text or self._term
            if self._term and self._term[-1] not in ":?!.":
                self._term += ":"
            return
        if len(text_of(element)) > _SHORT_DEFINITION or element.xpath(".//ul|.//ol|.//table"):
            self._end_definition()
        self.enter(element)
        self.end_block()

    def _definitions(self, element: HtmlElement) -> None:
        self.end_block()
        self.enter(element)
        self._end_definition()

    def _end_definition(self) -> None:
        self.end_block()
        if self._term:
            self.blocks.append(Block(Kind.PARAGRAPH, self._term.removesuffix(":")))
            self._term = ""

    def _verbatim(self, element: HtmlElement) -> None:
        self._preformatted(text_of(element))

    def _preformatted(self, text: str) -> None:
        self.end_block()
        blocks = list(text_blocks(text))
        for block in blocks:
            # The first line of a text is its title; here it is only a line.
            heading = block.kind is Kind.HEADING
            self.blocks.append(Block(block.kind, block.text, level=max(2, block.level) if heading else 0))


def _items(lines: list[str]) -> list[str]:
    """Lines put together so that each begins an item, or is what leads into them."""
    items: list[str] = []
    for line in lines:
        if not items or BULLET.match(line):
            items.append(line)
        else:
            items[-1] = f"{items[-1]} {line}".strip()
    return items


def _level(element: HtmlElement) -> int:
    written = element.get("aria-level", "2")
    return int(written) if written in ("1", "2", "3", "4", "5", "6") else 2


def _start(ordered: HtmlElement) -> int:
    written = ordered.get("start", "1")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 7 else 1
