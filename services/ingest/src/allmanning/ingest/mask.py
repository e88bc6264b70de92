"""Covers characters of an extract, so that everything else keeps its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from allmanning.index.personal.found import Found
from allmanning.ingest.read.document import Extract

_COVER: Final = "█"


def covered(text: str, found: Iterable[Found]) -> str:
    """The text with █ for each character of what was found; white space stays, so that lines and rows do."""
    parts: list[str] = []
    at = 0
    for each in found:
        hidden = "".join(sign if sign.isspace() else _COVER for sign in text[each.start : each.end])
        parts += (text[at : each.start], hidden)
        at = each.end
    return "".join((*parts, text[at:]))


def masked(extract: Extract, found: Iterable[Found], title: str) -> Extract:
    """The extract with what was found covered, also in its blocks; its title is already."""
    text = covered(extract.text, found)
    blocks = tuple(replace(block, text=text[block.start : block.end]) for block in extract.blocks)
    return replace(extract, title=title, text=text, blocks=blocks)
