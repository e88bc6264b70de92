"""reStructuredText: read as text, with the titles that lines of punctuation mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from allmanning.ingest.read.document import Block, Extract, Kind, assemble, first_heading
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.plain.encoding import decode
from allmanning.ingest.read.plain.text import text_blocks

_RULE: Final = re.compile(r"([=\-`:'\"~^_*+#<>.])\1{2,}\s*")
# ".. comment", and directives that only arrange; the text of the others is kept.
_ARRANGES: Final = re.compile(r"\.\. (?:(?:image|figure|include|toctree|contents|raw|_[^:]*|\|[^|]*\|)\b.*)?$")
_DIRECTIVE: Final = re.compile(r"\.\. [\w-]+::\s*")
_OPTION: Final = re.compile(r"\s+:[\w-]+:(?:\s|$)")
_LINK: Final = re.compile(r"`([^`<]+?)\s*<[^`>]*>`__?")
_ROLE: Final = re.compile(r"(?::[\w:-]+:)?`+([^`]+)`+_{0,2}")
_STRESSED: Final = re.compile(r"(\*{1,2})(\S(?:[^*\n]*\S)?)\1")


def read_rst(original: Original) -> Extract:
    """Read reStructuredText; its first title is the document's. Nothing it tells to include is."""
    blocks = list(_blocks(decode(original.data)))
    title = first_heading(blocks, 2)
    return assemble(blocks, title=title)


def _blocks(text: str) -> Iterator[Block]:
    lines = text.split("\n")
    styles: list[tuple[str, bool]] = []
    body: list[str] = []
    at = 0
    while at < len(lines):
        over = at + 2 < len(lines) and _is_rule(lines[at]) and _is_rule(lines[at + 2]) and bool(lines[at + 1].strip())
        title = lines[at + 1] if over else lines[at]
        under = not over and at + 1 < len(lines) and _is_rule(lines[at + 1]) and len(lines[at + 1]) >= len(title) - 3
        if over or (under and title.strip() and not title.startswith(" ") and not _is_rule(title)):
            yield from _body(body)
            body = []
            style = (lines[at + 1 + over][0], over)
            if style not in styles:
                styles.append(style)
            yield Block(Kind.HEADING, _plain(title.strip()), level=min(6, styles.index(style) + 1))
            at += 2 + over
        else:
            body.append(lines[at])
            at += 1
    yield from _body(body)


def _body(lines: list[str]) -> Iterator[Block]:
    kept = [
        _plain(_DIRECTIVE.sub("", line))
        for line in lines
        if not _ARRANGES.match(line) and not _OPTION.match(line) and not _is_rule(line)
    ]
    for block in text_blocks("\n".join(kept)):
        # Titles are marked: a short line is only a line.
        yield Block(Kind.PARAGRAPH if block.kind is Kind.HEADING else block.kind, block.text)


def _is_rule(line: str) -> bool:
    return _RULE.fullmatch(line) is not None


def _plain(line: str) -> str:
    return _STRESSED.sub(r"\2", _ROLE.sub(r"\1", _LINK.sub(r"\1", line)))
