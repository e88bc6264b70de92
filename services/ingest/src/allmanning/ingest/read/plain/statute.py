"""Statutes: which of their lines are parts, chapters and rubrics, what they are called, and when they are in force.

As the Riksdag and the Government Offices publish them as text: a rubric above the sections that it names, and marks
such as "/Träder i kraft I:2027-01-01/" where two wordings of a section stand beside each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from allmanning.ingest.read.document import Block, Kind
from allmanning.ingest.read.plain.lines import BULLET

_MARK: Final = r"/[^/\n]{3,120}/\s*"
# "3 § om avgiftens storlek" is the end of a sentence that the page width has broken.
SECTION: Final = re.compile(
    rf"(?:{_MARK})?(\d{{1,3}}(?:\s?[a-zåäö])?\s?§)(?:\s+(?=[^\Wa-zåäö]|[/\[(\"”–-]|har upp|upph)|\s*$)"
)
"""A paragraph that begins a section; its first group is what the section is called, such as "4 a §"."""

_ALONE_MARK: Final = re.compile(_MARK + "$")
_PART: Final = re.compile(r"(?:AVD(?:ELNING)?\.?\s+[A-ZÅÄÖ\d]+\b|[A-ZÅÄÖa-zåäö]+ avdelningen\b|\d+ avd\.)")
_SUBPART: Final = re.compile(r"[IVX]{1,5}\.?\s{1,3}[A-ZÅÄÖ]")
_CHAPTER: Final = re.compile(rf"(?:{_MARK})?\d{{1,3}}(?:\s?[a-zåäö])?\s+kap\.(?!\s*[–-])", re.IGNORECASE)
_AFTER: Final = re.compile(
    r"(?:Övergångsbestämmelser?|Ikraftträdande(?:- och övergångsbestämmelser)?|Bilaga\b.{0,100})$"
)
_AMENDMENT: Final = re.compile(r"\d{4}:\d{1,5}$")
_SENTENCE: Final = re.compile(r"(?<!m\.m)(?<!m\.fl)(?<!m\. m)(?<!m\. fl)[.;:,]$")
_RUBRIC_CHARACTERS: Final = 200
_FEWEST: Final = 3

# Levels, the title's being 1. Rubrics keep their order among themselves below the chapters.
_PART_LEVEL: Final = 2
_SUBPART_LEVEL: Final = 3
_CHAPTER_LEVEL: Final = 4
_RUBRIC_LEVEL: Final = 5

_NAME: Final = re.compile(r"[A-ZÅÄÖ][^§\n]{3,250}\((?:\d{4}:\d{1,5}|\d{4}:\d+ s\. ?\d+)\)[^§\n]{0,120}")
_IN_FORCE: Final = re.compile(r"(?:Ikraft|Träder i kraft|Ikraftträdande)\s*:\s*(?:I:)?\s*(\d{4}-\d\d-\d\d)\b")
_REPEALED: Final = re.compile(r"(?:Upphävd|Upphör att gälla)\s*:\s*(?:U:)?\s*(\d{4}-\d\d-\d\d)\b")
_HEAD_BLOCKS: Final = 40
_PRINTED: Final = re.compile(r"Svensk författningssamling\s+([A-ZÅÄÖ][^§\n]{3,250}?)\s+[Uu]tfärdad den \d")
_TITLE_WITHIN: Final = 1_000


def printed_title(start: str) -> str:
    """The title in the first words of an act as it is printed, where all its lines are one; empty when it is none."""
    match = _PRINTED.search(start[:_TITLE_WITHIN])
    return match[1] if match else ""


def is_statute(texts: Iterable[str]) -> bool:
    """Whether these paragraphs are a statute: three or more begin a section."""
    return sum(bool(SECTION.match(text)) for text in texts) >= _FEWEST


def statute_blocks(pieces: Sequence[str]) -> Iterator[Block]:
    """The blocks of a statute from its paragraphs. A line before a section is its rubric when it is no sentence."""
    pieces = list(_with_marks(pieces))
    begins = next((number for number, piece in enumerate(pieces) if _rank(piece) or SECTION.match(piece)), 0)
    last = max(number for number, piece in enumerate(pieces) if SECTION.match(piece))
    rubrics = _rubrics(pieces, begins)
    for number, piece in enumerate(pieces):
        if level := _rank(piece):
            yield Block(Kind.HEADING, piece, level)
        elif number > last and _AFTER.fullmatch(piece):
            yield Block(Kind.HEADING, piece, _PART_LEVEL)
        elif number > last and _AMENDMENT.fullmatch(piece):
            yield Block(Kind.HEADING, piece, _SUBPART_LEVEL)
        elif number in rubrics:
            yield Block(Kind.HEADING, piece, _RUBRIC_LEVEL)
        else:
            yield Block(Kind.LIST_ITEM if BULLET.match(piece) else Kind.PARAGRAPH, piece)


def named(blocks: Sequence[Block]) -> tuple[str, Sequence[Block]]:
    """The act's name with its number, and the blocks from it on; empty, and all of them, when it is not said."""
    for number, block in enumerate(blocks[:_HEAD_BLOCKS]):
        if SECTION.match(block.text):
            break
        if _NAME.fullmatch(block.text):
            return block.text, blocks[number:]
    return "", blocks


def in_force(blocks: Sequence[Block]) -> Mapping[str, str]:
    """`valid_from` and `valid_to` of the whole act, from the lines above its first section."""
    found: dict[str, str] = {}
    for block in blocks[:_HEAD_BLOCKS]:
        if SECTION.match(block.text) or _CHAPTER.match(block.text):
            break
        if match := _IN_FORCE.match(block.text):
            found["valid_from"] = match[1]
        elif match := _REPEALED.match(block.text):
            found["valid_to"] = day_before(match[1])
    return {name: day for name, day in found.items() if day}


def day_before(written: str) -> str:
    """The last day of what is repealed from a day on; empty for what is no date."""
    try:
        return (date.fromisoformat(written) - timedelta(days=1)).isoformat()
    except ValueError:
        return ""


def _with_marks(pieces: Sequence[str]) -> Iterator[str]:
    """A mark on a line of its own belongs to the rubric, chapter or section that it stands above."""
    mark = ""
    for piece in pieces:
        if _ALONE_MARK.fullmatch(piece):
            mark = f"{mark}{piece} "
            continue
        yield f"{mark}{piece}"
        mark = ""
    if mark:
        yield mark.strip()


def _rank(piece: str) -> int:
    """Level of a heading that is told by its words; 0 for other pieces."""
    if len(piece) > _RUBRIC_CHARACTERS or _SENTENCE.search(piece):
        return 0
    if _PART.match(piece):
        return _PART_LEVEL
    if _SUBPART.match(piece):
        return _SUBPART_LEVEL
    return _CHAPTER_LEVEL if _CHAPTER.match(piece) else 0


def _rubrics(pieces: Sequence[str], begins: int) -> set[int]:
    """Which pieces are rubrics: read from the end, since what follows tells."""
    found: set[int] = set()
    above = False
    for number in range(len(pieces) - 1, begins - 1, -1):
        piece = pieces[number]
        if SECTION.match(piece):
            above = True
        elif _rank(piece):
            above = False
        elif above and may_be_rubric(piece):
            found.add(number)
        else:
            above = False
    return found


def may_be_rubric(piece: str) -> bool:
    """Whether a paragraph above a section may be its rubric: a line, and no sentence."""
    words = re.sub(_MARK, "", piece)
    return (
        len(words) <= _RUBRIC_CHARACTERS
        and words[:1].isupper()
        and not _SENTENCE.search(words)
        and not BULLET.match(words)
    )
