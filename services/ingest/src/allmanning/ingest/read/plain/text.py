"""Plain text: paragraphs, list items and headings from line breaks alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from allmanning.ingest.read.document import Block, Extract, Kind, assemble
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.plain.encoding import decode
from allmanning.ingest.read.plain.lines import BULLET, is_heading, joined
from allmanning.ingest.read.plain.statute import SECTION, in_force, is_statute, named, printed_title, statute_blocks

# Wider lines are paragraphs on a line of their own, not lines that a page width has broken.
_WIDEST_WRAPPED_LINE: Final = 120
# More lines in a row that look like headings are a list of names or an address.
_HEADINGS_IN_A_ROW: Final = 3
# No paragraph has more: putting lines together takes time that grows faster than they do.
_MOST_LINES: Final = 500
_NUMBERED: Final = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)\.?\s+\D")
# "i 2 § och\n3 § om avgiftens storlek".
_REFERENCE: Final = re.compile(r"\s*\d{1,3}(?:\s?[a-zåäö])?\s?§§?\s+(?!har upp|upph)[a-zåäö]")
_CHAPTER: Final = re.compile(r"(?:avd\.\s|\d+(?:\s?[a-z])?\s+(?:kap|avd)\.)", re.IGNORECASE)


def read_text(original: Original) -> Extract:
    """Read plain text of any usual encoding; a heading on its first line is the title."""
    return extract_of_text(decode(original.data))


def extract_of_text(text: str) -> Extract:
    """The extract of a text; a heading on its first line is the title."""
    blocks: Sequence[Block] = list(text_blocks(text))
    if is_statute(block.text for block in blocks):
        title, blocks = named(blocks)
        return assemble(blocks, title=title, metadata=in_force(blocks))
    title = blocks[0].text if blocks and blocks[0].kind is Kind.HEADING else printed_title(text)
    return assemble(blocks, title=title)


def text_blocks(text: str) -> Iterator[Block]:
    """The blocks of a text, in order."""
    pieces = list(_paragraphs(text))
    if is_statute(pieces):
        yield from statute_blocks(pieces)
        return
    candidates = [is_heading(piece) for piece in pieces]
    # A heading has something under it, and a long row of them is none.
    headings = [
        found and index + 1 < len(pieces) and _run(candidates, index) <= _HEADINGS_IN_A_ROW
        for index, found in enumerate(candidates)
    ]
    chaptered = any(found and _CHAPTER.match(piece) for found, piece in zip(headings, pieces, strict=True))
    for index, (piece, heading) in enumerate(zip(pieces, headings, strict=True)):
        if heading:
            yield Block(Kind.HEADING, piece, level=1 if index == 0 else level_of(piece, chaptered=chaptered))
        elif BULLET.match(piece):
            yield Block(Kind.LIST_ITEM, piece)
        else:
            yield Block(Kind.PARAGRAPH, piece)


def level_of(heading: str, *, chaptered: bool) -> int:
    """Level of a heading below the title, by its number: "2" is 2, "2.1" is 3; under a "kap." one more."""
    if _CHAPTER.match(heading):
        return 2
    numbered = _NUMBERED.match(heading)
    return min(6, 2 + chaptered + (numbered.group(1).count(".") if numbered else 0))


def _run(candidates: list[bool], index: int) -> int:
    """How many candidates stand in a row around this one, counted until they are too many to be headings."""
    first = last = index
    while first > 0 and candidates[first - 1] and last - first < _HEADINGS_IN_A_ROW:
        first -= 1
    while last + 1 < len(candidates) and candidates[last + 1] and last - first < _HEADINGS_IN_A_ROW:
        last += 1
    return last - first + 1


def _paragraphs(text: str) -> Iterator[str]:
    lines = [line.expandtabs(4).rstrip() for line in text.replace("\f", "\n\n").split("\n")]
    width = max((len(line) for line in lines), default=0)
    wrapped = width <= _WIDEST_WRAPPED_LINE
    current: list[str] = []
    for line in lines:
        goes_on = (
            current and len(current) < _MOST_LINES and line.strip() and wrapped and _goes_on(current[-1], line, width)
        )
        if goes_on or not current:
            current.append(line)
            continue
        if paragraph := joined(current):
            yield paragraph
        current = [line]
    if paragraph := joined(current):
        yield paragraph


def _goes_on(line: str, following: str, width: int) -> bool:
    """Whether `following` continues the paragraph: it begins in lower case, or would not have fitted on `line`."""
    if not line.strip() or BULLET.match(following) or SECTION.match(following.strip()):
        return False
    if _REFERENCE.match(following):
        return True
    first_word = following.split(maxsplit=1)[0]
    return first_word[0].islower() or len(line) + 1 + len(first_word) > width * 0.85
