"""What a reader makes of a file: ordered blocks, and one text in which each of them has a place."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Self

from allmanning.ingest.read.finding import Finding

# Soft hyphens, joiners and byte order marks: nothing a reader sees, and they break searches. Several in a row are no
# way to write: `hidden_characters` takes them out and tells of them.
_NO_WIDTH = "[\u200b-\u200f\u2060-\u2064\ufeff]"
_INVISIBLE = re.compile(f"[\u00ad\ufffe\uffff]|(?<!{_NO_WIDTH}){_NO_WIDTH}(?!{_NO_WIDTH})")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class Kind(StrEnum):
    """What a block is to the reader."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE = "table"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page: points from its upper left corner as it is shown.

    `start` and `end` (exclusive) are code points of its block's text before `assemble`, of the whole text after.
    """

    page: int
    left: float
    top: float
    right: float
    bottom: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, a list item, or a table with a line a row and ` | ` between cells.

    `level` is 1..6 for headings, otherwise 0; `page` is 1-based, 0 where the format has no pages. `start` and `end`
    (exclusive) are the block's place in the text, in code points; `assemble` sets them.
    """

    kind: Kind
    text: str
    level: int = 0
    page: int = 0
    start: int = 0
    end: int = 0
    # Its lines on the page, where the format has places on pages.
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A file that a container held, such as an attachment: its name there, and where the reader put its bytes."""

    name: str
    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Extract:
    """What a file says: its title (empty when it has none), text, blocks, and the metadata written in it.

    `boxes` are all lines' places, in the order of the text. `ocr_quality` is 0..1, 0 for a file without OCR text.
    A container has `members`, and a text only if it says something itself, as a mail does.
    """

    title: str
    text: str
    blocks: tuple[Block, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    members: tuple[Member, ...] = ()
    boxes: tuple[Box, ...] = ()
    pages: int = 0
    ocr_quality: float = 0.0

    def __deepcopy__(self, _: object) -> Self:
        return self

    def noting(self, findings: Iterable[Finding]) -> Extract:
        """The same with these findings in place of its own."""
        return replace(self, findings=tuple(findings))

    def page_of(self, place: int) -> int:
        """The page of a character; 0 where the format has none."""
        at = bisect_right(self.blocks, place, key=lambda block: block.start)
        return self.blocks[at - 1].page if at else 0


def clean(text: str) -> str:
    """One line: composed characters (NFC), no lone invisible ones, single spaces."""
    return " ".join(_CONTROL.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text))).split())


def first_heading(blocks: Sequence[Block], within: int | None = None) -> str:
    """The first heading among the first `within` blocks, or among all; empty when there is none."""
    return next((block.text for block in blocks[:within] if block.kind is Kind.HEADING), "")


def table_block(rows: Iterable[Iterable[str]], page: int = 0, boxes: Sequence[Box] = ()) -> Block | None:
    """A table from its cells; None when all are empty. Empty cells at the end of a row are left out.

    `boxes` are the places of the rows, one for each; their spans are set here.
    """
    lines: list[str] = []
    placed: list[Box] = []
    at = 0
    for index, row in enumerate(rows):
        line = " | ".join(clean(cell) for cell in row).rstrip(" |")
        if not line:
            continue
        if boxes:
            placed.append(replace(boxes[index], start=at, end=at + len(line)))
        lines.append(line)
        at += len(line) + 1
    return Block(Kind.TABLE, "\n".join(lines), page=page, boxes=tuple(placed)) if lines else None


def assemble(
    blocks: Iterable[Block],
    *,
    title: str = "",
    metadata: Mapping[str, str] | None = None,
    findings: Sequence[Finding] = (),
    members: Sequence[Member] = (),
    pages: int = 0,
    ocr_quality: float = 0.0,
) -> Extract:
    """Join blocks into one text: an empty line between them, none between the items of a list."""
    placed: list[Block] = []
    parts: list[str] = []
    boxes: list[Box] = []
    at = 0
    for block in blocks:
        text = block.text if block.kind is Kind.TABLE else clean(block.text)
        if not text:
            continue
        if placed:
            both_items = block.kind is Kind.LIST_ITEM and placed[-1].kind is Kind.LIST_ITEM
            separator = "\n" if both_items else "\n\n"
            parts.append(separator)
            at += len(separator)
        placed.append(Block(block.kind, text, block.level, block.page, at, at + len(text)))
        boxes += (replace(box, start=at + box.start, end=at + min(box.end, len(text))) for box in block.boxes)
        parts.append(text)
        at += len(text)
    return Extract(
        clean(title),
        "".join(parts),
        tuple(placed),
        metadata or {},
        tuple(findings),
        tuple(members),
        tuple(boxes),
        pages,
        ocr_quality,
    )
