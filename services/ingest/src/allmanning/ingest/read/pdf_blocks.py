"""Lines on pages become headings, paragraphs, list items and tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from allmanning.ingest.read.document import Block, Kind
from allmanning.ingest.read.lines import BULLET, is_heading, joined_spans
from allmanning.ingest.read.pdf_layout import reading_order, without_furniture
from allmanning.ingest.read.pdf_lines import Line, Page
from allmanning.ingest.read.pdf_tables import with_tables

_HEADING_CHARACTERS: Final = 200
_LONGEST_WITH_FULL_STOP: Final = 30
_LARGER: Final = 1.1
_LEVELS: Final = 4
_PARAGRAPH_START: Final = re.compile(r"\d+(?:\s?[a-z])?\s§|§\s?\d+|\d+\s+kap\.")
_SENTENCE_END: Final = re.compile(r"[.!?:][”\"')]?$")
# An entry in a table of contents says nothing that its heading does not.
_CONTENTS_ENTRY: Final = re.compile(r"(?:\.\s?){5,}\s*\d*$")


def blocks_of(pages: Sequence[Page]) -> list[Block]:
    """The blocks of a document, each line with its place."""
    lines = [line for page in without_furniture(pages) for line in reading_order(page)]
    return list(_blocks([line for line in lines if not _CONTENTS_ENTRY.search(line.text)] or lines))


def title_of(blocks: Sequence[Block]) -> str:
    """The largest heading on the first page; empty when there is none."""
    headings = [block for block in blocks if block.kind is Kind.HEADING and block.page == 1]
    return min(headings, key=lambda block: block.level).text if headings else ""


def _blocks(lines: Sequence[Line]) -> Iterator[Block]:
    levels = _heading_levels(lines)
    leading = _leading(lines)
    text: list[Line] = []
    for part in with_tables(lines):
        if isinstance(part, Line):
            text.append(part)
            continue
        yield from _text_blocks(text, levels, leading)
        text = []
        if block := part.block():
            yield block
    yield from _text_blocks(text, levels, leading)


def _text_blocks(lines: Sequence[Line], levels: dict[float, int], leading: float) -> Iterator[Block]:
    for group in _groups(lines, levels, leading):
        text, spans = joined_spans([line.text for line in group])
        boxes = tuple(line.box(*span) for line, span in zip(group, spans, strict=True))
        page, level = group[0].page, _level(group[0], levels)
        if level and _reads_as_heading(text):
            yield Block(Kind.HEADING, text, level, page, boxes=boxes)
        elif BULLET.match(text):
            yield Block(Kind.LIST_ITEM, text, page=page, boxes=boxes)
        else:
            yield Block(Kind.PARAGRAPH, text, page=page, boxes=boxes)


def _reads_as_heading(text: str) -> bool:
    """Large letters alone make no heading: some files set a whole letter so."""
    ends_sentence = text.endswith(".") and len(text) > _LONGEST_WITH_FULL_STOP
    return len(text) <= _HEADING_CHARACTERS and not ends_sentence and any(letter.isalpha() for letter in text)


def _groups(lines: Sequence[Line], levels: dict[float, int], leading: float) -> Iterable[list[Line]]:
    """Lines of one paragraph, or of one heading."""
    group: list[Line] = []
    right = max((line.right for line in lines), default=0.0)
    for line in lines:
        if group and _starts_anew(group, line, levels, leading, right):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _starts_anew(group: list[Line], line: Line, levels: dict[float, int], leading: float, right: float) -> bool:
    last = group[-1]
    if BULLET.match(line.text) or _PARAGRAPH_START.match(line.text):
        return True
    if _level(last, levels) or _level(line, levels):
        same = _level(last, levels) == _level(line, levels) and last.page == line.page and last.bold == line.bold
        return not same or line.top - last.top > max(leading, line.size) * 1.9
    if last.page != line.page or line.top < last.top:
        # A new page or column: the paragraph goes on where its sentence does.
        return bool(_SENTENCE_END.search(last.text)) or not line.text[:1].islower()
    if line.top - last.top > leading * 1.35:
        return True
    ended = bool(_SENTENCE_END.search(last.text))
    indented = line.left > last.left + last.size and last.left <= group[0].left + 1
    short = last.right < min(right, max(each.right for each in group)) - last.size * 6 and len(group) > 1
    return ended and (indented or short)


def _heading_levels(lines: Sequence[Line]) -> dict[float, int]:
    """Level of each font size that is larger than the body's; the body's own size, in bold, comes after them."""
    weight: Counter[float] = Counter()
    bold = plain = 0
    for line in lines:
        weight[line.size] += len(line.text)
        if line.bold:
            bold += len(line.text)
        else:
            plain += len(line.text)
    if not weight:
        return {}
    body = weight.most_common(1)[0][0]
    larger = sorted((size for size in weight if size >= body * _LARGER), reverse=True)
    levels = {size: min(_LEVELS, index) for index, size in enumerate(larger, start=1)}
    # Where most is bold, bold says nothing.
    if plain > bold * 2:
        levels[-body] = min(_LEVELS + 1, len(larger) + 1)
    return levels


def _level(line: Line, levels: dict[float, int]) -> int:
    if line.size in levels:
        return levels[line.size]
    # A bold line of the body's size is a heading only if it also reads as one.
    return levels.get(-line.size, 0) if line.bold and is_heading(line.text) else 0


def _leading(lines: Sequence[Line]) -> float:
    """The usual distance from line to line, in points."""
    steps = [two.top - one.top for one, two in pairwise(lines) if one.page == two.page and 0 < two.top - one.top < 40]
    return median(steps) if steps else 14.0
