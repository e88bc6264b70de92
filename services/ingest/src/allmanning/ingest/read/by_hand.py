"""What an author set by hand: bold lines for headings where there are no heading styles, and typed bullets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from allmanning.ingest.read.document import Block, Kind
from allmanning.ingest.read.plain.lines import is_heading

# More bold lines in a row are a form, or bold text.
_IN_A_ROW: Final = 2
_BULLET: Final = re.compile(r"[•‣▪◦·●○■□\uf0b7\uf0a7*–-]\s+(?=\S)")


def read_by_hand(blocks: Iterable[Block]) -> list[Block]:
    """The blocks; paragraphs with a level, which a reader gives a bold line, become headings if no style marks any.

    The first is the document's title, at level 1, where nothing but a line stands before it; the others have level 2.
    Paragraphs that begin with a typed bullet become list items.
    """
    found = [_item(block) for block in blocks]
    styled = sum(block.kind is Kind.HEADING for block in found) > 1
    candidates = [
        block.kind is Kind.PARAGRAPH and block.level > 0 and not styled and is_heading(block.text) for block in found
    ]
    result = []
    for index, block in enumerate(found):
        if block.kind is not Kind.PARAGRAPH:
            result.append(block)
        elif candidates[index] and index + 1 < len(found) and _run(candidates, index) <= _IN_A_ROW:
            result.append(replace(block, kind=Kind.HEADING, level=1 if index <= 1 and not styled else 2))
        else:
            result.append(replace(block, level=0))
    return result


def _item(block: Block) -> Block:
    match = _BULLET.match(block.text) if block.kind is Kind.PARAGRAPH else None
    return Block(Kind.LIST_ITEM, f"- {block.text[match.end() :]}", page=block.page) if match else block


def _run(candidates: list[bool], index: int) -> int:
    first = last = index
    while first > 0 and candidates[first - 1]:
        first -= 1
    while last + 1 < len(candidates) and candidates[last + 1]:
        last += 1
    return last - first + 1
