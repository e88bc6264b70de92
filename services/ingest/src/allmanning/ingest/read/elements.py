"""Files read by `unstructured` in place of the readers here, where the pipeline says so.

It does not tell hidden text from seen and knows no footnotes, numbered headings or merged cells; `python -m
tests.evaluation.ingest.docling` compares. Loading it takes about four seconds, in each file's own process.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import lxml.html  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from unstructured.documents.elements import Element
from allmanning.ingest.read import offline
from allmanning.ingest.read.document import Block, Extract, Kind, assemble, clean, first_heading, table_block
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.plain.lines import BULLET
from allmanning.ingest.read.plain.text import text_blocks

_DROPPED: Final = frozenset({"Header", "Footer", "PageBreak", "PageNumber", "Image"})
_LINE_BREAK: Final = re.compile(r"\s*\n\s*")


def read_by_unstructured(original: Original) -> Extract:
    """Read a file of any kind that `unstructured` reads without other programs; the first heading is the title."""
    offline.prepare()
    from unstructured.partition.auto import partition

    with original.path.open("rb") as file:
        elements = partition(
            file=file, metadata_filename=original.filename, content_type=original.media_type, languages=["swe"]
        )
    blocks = list(blocks_of(elements))
    title = first_heading(blocks, 5)
    return assemble(blocks, title=title)


def blocks_of(elements: Iterable[Element]) -> Iterator[Block]:
    """The blocks of a file, in its order."""
    for element in elements:
        if element.category in _DROPPED:
            continue
        depth, page = element.metadata.category_depth or 0, element.metadata.page_number or 0
        if element.category == "Title":
            yield Block(Kind.HEADING, element.text, level=min(6, depth + 1), page=page)
        elif element.category == "ListItem":
            item = clean(element.text)
            yield Block(Kind.LIST_ITEM, item if BULLET.match(item) else f"- {item}", page=page)
        elif element.category == "Table":
            block = table_block(rows_of(element), page)
            if block:
                yield block
        elif element.category == "CodeSnippet":
            # Preformatted text: statutes and old minutes are published so.
            yield from _preformatted(element.text)
        else:
            yield Block(Kind.PARAGRAPH, _LINE_BREAK.sub(" ", element.text), page=page)


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
