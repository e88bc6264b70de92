"""Elements of `unstructured` become blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import lxml.html  # type: ignore[import-untyped]
from unstructured.documents.elements import Element

from allmanning.ingest.read.document import Block, Kind, clean, table_block
from allmanning.ingest.read.lines import BULLET
from allmanning.ingest.read.text import text_blocks

_DROPPED: Final = frozenset({"Header", "Footer", "PageBreak", "PageNumber", "Image"})
_LINE_BREAK: Final = re.compile(r"\s*\n\s*")


def blocks_of(elements: Iterable[Element]) -> Iterator[Block]:
    """The blocks of a file, in its order."""
    for element in elements:
        if element.category in _DROPPED:
            continue
        depth = element.metadata.category_depth or 0
        if element.category == "Title":
            yield Block(Kind.HEADING, element.text, level=min(6, depth + 1))
        elif element.category == "ListItem":
            item = clean(element.text)
            yield Block(Kind.LIST_ITEM, item if BULLET.match(item) else f"- {item}")
        elif element.category == "Table":
            block = table_block(rows_of(element))
            if block:
                yield block
        elif element.category == "CodeSnippet":
            # Preformatted text: statutes and old minutes are published so.
            yield from _preformatted(element.text)
        else:
            yield Block(Kind.PARAGRAPH, _LINE_BREAK.sub(" ", element.text))


def rows_of(table: Element) -> list[list[str]]:
    """The cells of a table, row by row."""
    markup = table.metadata.text_as_html
    if not markup:
        return [[line] for line in table.text.splitlines()]
    tree = lxml.html.fragment_fromstring(markup, create_parent="div")
    return [[" ".join(cell.itertext()) for cell in row.xpath("./td|./th")] for row in tree.iter("tr")]


def _preformatted(text: str) -> Iterator[Block]:
    for block in text_blocks(text):
        # The first line of a text is its title; here it is only a line.
        heading = block.kind is Kind.HEADING
        yield Block(block.kind, block.text, level=max(2, block.level) if heading else 0)
