"""XML of any kind: text by element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree  # type: ignore[import-untyped]
from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from allmanning.ingest.read.document import Block, Extract, Kind, assemble, clean, first_heading, table_block
from allmanning.ingest.read.length import Allowance
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.xml_tree import local, tree_of

_TITLES: Final = frozenset({"title", "titel", "rubrik", "heading", "head", "h1", "h2", "h3", "h4", "h5", "h6"})
_ITEMS: Final = frozenset({"listitem", "item", "li", "punkt"})
_TABLES: Final = frozenset({"table", "informaltable", "tbl"})
_ROWS: Final = frozenset({"row", "tr"})
_NOTES: Final = frozenset({"footnote", "fn", "note-ref"})
_NOT_TEXT: Final = frozenset({"script", "style", "remark", "indexterm"})
# Words inside a sentence.
_INLINE: Final = frozenset(
    {"emphasis", "em", "i", "b", "strong", "a", "link", "ulink", "xref", "sub", "sup", "span", "phrase", "quote", "u"}
    | {"literal", "code", "citetitle", "hi", "bold", "italic", "br", "superscript", "subscript", "footnote", "fn"}
)
_SPACE: Final = re.compile(r"\s+")
_DEEPEST: Final = 200


def read_xml(original: Original) -> Extract:
    """Read the text of XML: titles as headings as deep as they lie, lists, tables and footnotes by their usual names.

    Entities are not expanded and nothing is fetched.
    """
    reading = _Reading()
    blocks = list(reading.blocks(_tree(original.data.lstrip()), 0))
    title = first_heading(blocks, 3)
    return assemble(blocks, title=title)


class _Reading:
    def __init__(self) -> None:
        self._allowance = Allowance()

    def blocks(self, element: Element, depth: int) -> Iterator[Block]:
        name = local(element).lower()
        if name in _NOT_TEXT or not name or depth > _DEEPEST:
            return
        if name in _TABLES and (table := table_block(_rows(element))):
            self._allowance.take(len(table.text))
            yield table
        elif name in _NOTES:
            yield self._block(Kind.FOOTNOTE, _words(element))
        elif name in _TITLES or all(local(child).lower() in _INLINE or not local(child) for child in element):
            if text := _words(element):
                yield self._leaf(name, text, depth)
            yield from (
                self._block(Kind.FOOTNOTE, _words(note)) for note in element.iter() if local(note).lower() in _NOTES
            )
        else:
            yield from self._inside(element, name, depth)

    def _inside(self, element: Element, name: str, depth: int) -> Iterator[Block]:
        first = True
        loose = [str(element.text or "")]
        for child in element:
            if local(child).lower() in _INLINE:
                loose += [_words(child), str(child.tail or "")]
                continue
            if text := clean(" ".join(loose)):
                yield self._block(Kind.PARAGRAPH, text)
            for block in self.blocks(child, depth + 1):
                if first and name in _ITEMS and block.kind is Kind.PARAGRAPH:
                    yield Block(Kind.LIST_ITEM, f"- {block.text}")
                else:
                    yield block
                first = False
            loose = [str(child.tail or "")]
        if text := clean(" ".join(loose)):
            yield self._block(Kind.PARAGRAPH, text)

    def _leaf(self, name: str, text: str, depth: int) -> Block:
        if name in _TITLES:
            return Block(Kind.HEADING, text, level=min(6, max(1, depth)))
        if name in _ITEMS:
            return self._block(Kind.LIST_ITEM, f"- {text}")
        return self._block(Kind.PARAGRAPH, text)

    def _block(self, kind: Kind, text: str) -> Block:
        self._allowance.take(len(text))
        return Block(kind, text)


def _tree(data: bytes) -> Element:
    try:
        return tree_of(data)
    except etree.XMLSyntaxError:
        # Exports often have a name that is not declared, or a sign that is not allowed.
        return tree_of(data, recover=True)


def _rows(table: Element) -> Iterator[list[str]]:
    for row in table.iter():
        if local(row).lower() in _ROWS:
            yield [_words(cell) for cell in row]


def _words(element: Element) -> str:
    """The text of an element and what is in it, without its notes."""
    parts = [str(element.text or "")]
    for child in element:
        # A name without an element's is an entity, which is not expanded.
        if local(child) and local(child).lower() not in _NOTES | _NOT_TEXT:
            parts.append(_words(child))
            if local(child).lower() not in _INLINE:
                parts.append(" ")
        parts.append(str(child.tail or ""))
    return _SPACE.sub(" ", "".join(parts)).strip()
