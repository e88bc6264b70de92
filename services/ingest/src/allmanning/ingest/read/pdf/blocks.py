"""Lines on pages become headings, paragraphs, list items, tables and footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Final, NamedTuple

from allmanning.ingest.read.document import Block, Kind
from allmanning.ingest.read.pdf.furniture import without_furniture
from allmanning.ingest.read.pdf.headings import Entry, Headings, is_series, levelled
from allmanning.ingest.read.pdf.layout import reading_order
from allmanning.ingest.read.pdf.lines import Line, Page
from allmanning.ingest.read.pdf.tables import with_tables
from allmanning.ingest.read.plain.lines import BULLET, joined_spans

_PARAGRAPH_START: Final = re.compile(r"\d+(?:\s?[a-z])?\s§|§\s?\d+|\d+\s+kap\.")
_SENTENCE_END: Final = re.compile(r"[.!?:][”\"')]?\d?$")
# "enligt 3 kap." goes on with "10 § plan- och bygglagen" on the next line.
_ABBREVIATED: Final = re.compile(r"\b(?:kap|st|p|bl|t\.ex|m\.m|s\.k|jfr|nr|art)\.$")
_ITEM_END: Final = re.compile(r"(?:[.;,:]|\b(?:och|eller|samt))$")
_FOOTNOTE: Final = re.compile(r"(?:\d{1,2}|\*{1,3})\s*[^\W\d_]")
_SMALLER: Final = 0.93
_TITLE_CHARACTERS: Final = 300
_TITLE_WITHIN: Final = 5


class _Edges(NamedTuple):
    """How far the text reaches."""

    left: float
    right: float


def blocks_of(pages: Sequence[Page], outline: Iterable[Entry] = ()) -> list[Block]:
    """The blocks of a document, each line with its place. `outline` are the file's bookmarks."""
    lines = [line for page in without_furniture(pages) for line in reading_order(page)]
    headings = Headings.of(lines, outline)
    body, notes = _without_footnotes(lines, headings.body)
    return levelled(_with_footnotes(list(_blocks(body, headings)), list(_footnotes(notes))))


def titled(blocks: Sequence[Block], named: str = "") -> tuple[list[Block], str]:
    """The blocks, and the document's title: the largest heading of the first page that has one.

    Without headings it is one of the first paragraphs if it ends as the title of a statute does, else what the file is
    `named`.
    """
    blocks = list(blocks)
    first = next((block.page for block in blocks if block.kind is Kind.HEADING), 0)
    found = min(
        (index for index, block in enumerate(blocks) if block.kind is Kind.HEADING and block.page == first <= 2),
        key=lambda index: blocks[index].level,
        default=None,
    )
    if found is None:
        found = next(
            (
                index
                for index, block in enumerate(blocks[:_TITLE_WITHIN])
                if block.kind is Kind.PARAGRAPH and block.text.endswith(";") and len(block.text) <= _TITLE_CHARACTERS
            ),
            None,
        )
    if found is None:
        return blocks, named
    title = blocks[found].text.rstrip("; ")
    same = {title, f"{title};"}
    return [replace(block, text=title) if block.text in same else block for block in blocks], title


def _blocks(lines: Sequence[Line], headings: Headings) -> Iterator[Block]:
    leading = _leading(lines)
    text: list[Line] = []
    for part in with_tables(lines):
        if isinstance(part, Line):
            text.append(part)
            continue
        yield from _text_blocks(text, headings, leading)
        text = []
        if block := part.block():
            yield block
    yield from _text_blocks(text, headings, leading)


def _text_blocks(lines: Sequence[Line], headings: Headings, leading: float) -> Iterator[Block]:
    for group in _groups(lines, headings, leading):
        text, spans = joined_spans([line.text for line in group])
        boxes = tuple(line.box(*span) for line, span in zip(group, spans, strict=True))
        page, level = group[0].page, headings.level(group[0])
        if level and headings.reads_as_heading(text, group[0]):
            yield Block(Kind.HEADING, text, level, page, boxes=boxes)
        elif BULLET.match(text):
            yield Block(Kind.LIST_ITEM, text, page=page, boxes=boxes)
        else:
            yield Block(Kind.PARAGRAPH, text, page=page, boxes=boxes)


def _groups(lines: Sequence[Line], headings: Headings, leading: float) -> Iterable[list[Line]]:
    """Lines of one paragraph, or of one heading."""
    group: list[Line] = []
    edges = _Edges(min(line.left for line in lines), max(line.right for line in lines)) if lines else _Edges(0, 0)
    for line in lines:
        if group and _starts_anew(group, line, headings, leading, edges):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _starts_anew(group: list[Line], line: Line, headings: Headings, leading: float, edges: _Edges) -> bool:
    last = group[-1]
    ended = _SENTENCE_END.search(last.text) is not None and not _ABBREVIATED.search(last.text)
    if last.aside or line.aside:
        return last.aside != line.aside or line.top - last.bottom > line.size
    before, level = headings.level(last), headings.level(line)
    if BULLET.match(line.text) and not (before and level):
        return True
    if before or level:
        alike = before == level and last.page == line.page and not is_series(last.text)
        styled = last.bold == line.bold and last.italic == line.italic and not headings.entry(last.text, last.page)
        return not alike or not styled or not 0 <= line.top - last.top <= max(leading, line.size) * 1.9
    if _PARAGRAPH_START.match(line.text) and (ended or not _goes_on(last, line, leading)):
        return True
    if last.page != line.page or line.top < last.top:
        # A new page or column: the paragraph goes on where its sentence does.
        return ended or not line.text[:1].islower()
    if line.top - last.top > leading * 1.35:
        return True
    if BULLET.match(group[0].text) and abs(line.left - group[0].left) < 1.5 and _ITEM_END.search(last.text):
        # Below the bullet itself, where an item's own lines do not stand when the bullet is set in.
        return group[0].left > edges.left + line.size * 0.5
    indented = line.left > last.left + last.size and last.left <= group[0].left + 1
    short = last.right < min(edges.right, max(each.right for each in group)) - last.size * 6 and len(group) > 1
    return ended and (indented or short)


def _goes_on(last: Line, line: Line, leading: float) -> bool:
    return last.page == line.page and 0 < line.top - last.top <= leading * 1.2


def _without_footnotes(lines: Sequence[Line], body: float) -> tuple[list[Line], list[Line]]:
    """The running text, and the small lines with a number that end a page."""
    kept: list[Line] = []
    notes: list[Line] = []
    page: list[Line] = []

    def close() -> None:
        first = _first_footnote(page, body)
        kept.extend(page[:first])
        notes.extend(page[first:])

    for line in lines:
        if page and page[-1].page != line.page:
            close()
            page = []
        page.append(line)
    close()
    return kept, notes


def _first_footnote(page: Sequence[Line], body: float) -> int:
    at = len(page)
    while at > 0 and page[at - 1].size <= body * _SMALLER and not page[at - 1].aside:
        at -= 1
    if at == 0:
        return len(page)
    return next((index for index in range(at, len(page)) if _FOOTNOTE.match(page[index].text)), len(page))


def _footnotes(lines: Sequence[Line]) -> Iterator[Block]:
    group: list[Line] = []
    for line in [*lines, None]:
        if group and (line is None or line.page != group[-1].page or _FOOTNOTE.match(line.text)):
            text, spans = joined_spans([each.text for each in group])
            boxes = tuple(each.box(*span) for each, span in zip(group, spans, strict=True))
            yield Block(Kind.FOOTNOTE, text, page=group[0].page, boxes=boxes)
            group = []
        if line is not None:
            group.append(line)


def _with_footnotes(blocks: list[Block], notes: list[Block]) -> list[Block]:
    """Each footnote after the paragraph that its page ends with, even where that goes on over the page."""
    for note in notes:
        after = next((at for at in range(len(blocks), 0, -1) if blocks[at - 1].page <= note.page), 0)
        blocks.insert(after, note)
    return blocks


def _leading(lines: Sequence[Line]) -> float:
    """The usual distance from line to line, in points."""
    steps = [two.top - one.top for one, two in pairwise(lines) if one.page == two.page and 0 < two.top - one.top < 40]
    return median(steps) if steps else 14.0
