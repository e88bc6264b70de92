"""A document's text as it is read: headings, paragraphs, lists and tables, with the cited words marked.

The readers write a list's items as `- …` or `3. …`, and a table's row as a line with ` | ` between its cells. A place
is counted in code points of that text, so each piece is cut from it and nothing else is put between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, zip_longest
from typing import Final, Literal, NamedTuple

_CELLS: Final = " | "
_MARKED: Final = re.compile(r"\s*(?:[-–•*]|(\d{1,3})[.)])\s+(?=\S)")
_FIGURE: Final = re.compile(r"\s*[-–−]?\d[\d\s.,:/–-]{0,20}(?:%|kr)?\s*")
_LONGEST_HEADING_CHARS: Final = 80
_ENDS_A_SENTENCE: Final = (".", ":", ";", ",", "!")

Kind = Literal["heading", "paragraph", "bullets", "numbers", "table"]


class Piece(NamedTuple):
    """Some words, cited or not; `first` is where the citation begins."""

    text: str
    cited: bool
    first: bool


@dataclass(frozen=True)
class Block:
    """`rows` are of cells of pieces: of anything but a table there is one cell in a row, and one row but in a list.

    `numbers` are those of a numbered list's items; `headed` tells that a table's first row names its columns.
    """

    kind: Kind
    rows: Sequence[Sequence[Sequence[Piece]]]
    numbers: Sequence[int] = ()
    headed: bool = False

    @property
    def text(self) -> str:
        return "".join(piece.text for row in self.rows for cell in row for piece in cell)

    def is_figure(self, row: int, cell: int) -> bool:
        """Whether a cell holds a sum or a number, which is not broken over two lines."""
        return bool(_FIGURE.fullmatch("".join(piece.text for piece in self.rows[row][cell])))

    @property
    def width(self) -> int:
        return max(map(len, self.rows), default=0)


@dataclass
class _Citation:
    """The span that is cited; the first piece that is cut out of it is where it begins."""

    start: int
    end: int
    begun: bool = field(default=False)

    def pieces(self, text: str, first: int, last: int) -> list[Piece]:
        """The words from `first` to `last`, cut at the edges of the citation."""
        begin = min(max(self.start, first), last)
        end = max(begin, min(self.end, last))
        found: list[Piece] = []
        for start, stop, cited in ((first, begin, False), (begin, end, True), (end, last, False)):
            if start < stop:
                found.append(Piece(text[start:stop], cited, first=cited and not self.begun))
                self.begun = self.begun or cited
        return found


class _Line(NamedTuple):
    """A line with something in it; `alone`: with nothing on the lines before and after."""

    start: int
    end: int
    kind: Kind
    alone: bool


def blocks(text: str, start: int, end: int, window: range) -> Iterator[Block]:
    """The text within `window`, with `start` to `end` (code points, end exclusive) marked."""
    citation = _Citation(start, end)
    for kind, grouped in groupby(_lines(text, window), key=lambda line: line.kind):
        lines = list(grouped)
        if kind == "table" and len(lines) > 1:
            rows = [_cells(text, line, citation) for line in lines]
            yield Block("table", rows, headed=_names_columns(rows))
        elif kind in ("bullets", "numbers"):
            yield _list(text, kind, lines, citation)
        else:
            shown: Kind = "heading" if kind == "heading" else "paragraph"
            for line in lines:
                yield Block(shown, [[citation.pieces(text, line.start, line.end)]])


def _lines(text: str, window: range) -> list[_Line]:
    """The lines with something in them, headings told from paragraphs by what stands around them."""
    found: list[_Line] = []
    place, empty_before = window.start, True
    written = text[window.start : window.stop].split("\n")
    for line, below in zip_longest(written, written[1:], fillvalue=""):
        if line.strip():
            alone = empty_before and not below.strip()
            found.append(_Line(place, place + len(line), _kind(line), alone))
        empty_before = not line.strip()
        place += len(line) + 1
    return [
        line._replace(kind="heading") if below and _is_heading(text, line, below) else line
        for line, below in zip_longest(found, found[1:])
    ]


def _kind(line: str) -> Kind:
    if _CELLS in line:
        return "table"
    marked = _MARKED.match(line)
    return "paragraph" if marked is None else "numbers" if marked.group(1) else "bullets"


def _is_heading(text: str, line: _Line, below: _Line) -> bool:
    """A short line that stands alone, ends no sentence, and has something longer, a list or a table below it."""
    said = text[line.start : line.end].strip()
    if line.kind not in ("paragraph", "numbers") or not line.alone:
        return False
    if len(said) > _LONGEST_HEADING_CHARS or said.endswith(_ENDS_A_SENTENCE):
        return False
    return below.kind != line.kind or below.end - below.start > len(said)


def _list(text: str, kind: Kind, lines: Sequence[_Line], citation: _Citation) -> Block:
    rows: list[list[list[Piece]]] = []
    numbers: list[int] = []
    for line in lines:
        mark = _MARKED.match(text, line.start, line.end)
        rows.append([citation.pieces(text, mark.end() if mark else line.start, line.end)])
        numbers.append(int(mark.group(1)) if mark and mark.group(1) else 0)
    return Block(kind, rows, numbers=numbers)


def _cells(text: str, line: _Line, citation: _Citation) -> list[list[Piece]]:
    cells: list[list[Piece]] = []
    place = line.start
    for cell in text[line.start : line.end].split(_CELLS):
        cells.append(citation.pieces(text, place, place + len(cell)))
        place += len(cell) + len(_CELLS)
    return cells


def _names_columns(rows: Sequence[Sequence[Sequence[Piece]]]) -> bool:
    """The first row is as wide as any, and has words alone."""
    names = ["".join(piece.text for piece in cell).strip() for cell in rows[0]]
    return len(names) == max(map(len, rows)) and all(name and not name[0].isdigit() for name in names)
