"""Lines of text on the pages of a PDF, with their place and size."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from allmanning.ingest.read.document import Box, clean
from allmanning.ingest.read.pdf.characters import Character, Characters, Drawn, Place, Sides

# pdfium's own mark for a hyphen that divides a word at a line's end, old and new.
_DIVIDING: Final = frozenset({0x02, 0xFFFE})
_SPACES: Final = frozenset({0x20, 0xA0})
_LINE_ENDS: Final = frozenset({0x0A, 0x0D})
# A wider gap, in font sizes, is not between two words of a sentence.
GAP: Final = 1.8
# A footnote's mark is smaller than this beside the text, and follows this many letters.
_NOTE_MARK: Final = 0.8
_WORD: Final = 3
# A line that is drawn with characters says nothing.
_EMPTY: Final = re.compile(r"|[\s_\-–—=*.·]{2,}")
# Bullets of Microsoft's Symbol and Wingdings, which have no characters of their own.
_BULLETS: Final = {0xF0B7: 0x2022, 0xF02D: 0x2013, 0xF0A7: 0x25AA, 0xF0D8: 0x2023, 0xF076: 0x2022, 0xF06E: 0x25AA}


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of a line without wide gaps.

    The sides are points in the direction of the page's text, for layout; `place` is where it is on the page as shown.
    They differ on a page whose text runs upwards or downwards. `size` is the font's.
    """

    text: str
    page: int
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool
    place: Place
    italic: bool = False
    aside: bool = False
    """Stands beside the page's text: in its margin, or in another direction."""
    cells: tuple[Line, ...] = ()
    """The pieces of a row, from left to right; empty where a line is one piece."""

    def box(self, start: int, end: int) -> Box:
        return Box(self.page, *self.place, start, end)


@dataclass(frozen=True, slots=True)
class Page:
    """A page's lines in the order of the file; width and height in the direction of its text."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]


@dataclass(slots=True)
class _Open:
    """A line that is being collected, its sides in the direction of its text; `drawn` draws its last characters."""

    codes: list[int]
    left: float
    top: float
    right: float
    bottom: float
    drawn: Drawn
    bold: bool
    italic: bool
    sizes: list[tuple[float, int]]
    """Each font size, and the number of characters before it."""

    @classmethod
    def at(cls, sides: Sides, drawn: Drawn) -> _Open:
        return cls([], *sides, drawn, drawn.bold, drawn.italic, [(drawn.size, 0)])

    def add(self, code: int, sides: Sides, drawn: Drawn) -> None:
        if drawn is not self.drawn:
            if _parts_note_mark(self, code, drawn):
                self.codes.append(0x20)
            # "3 § The rest": a line is bold when all of it is.
            self.bold, self.italic = self.bold and drawn.bold, self.italic and drawn.italic
            self.sizes.append((drawn.size, len(self.codes)))
            self.drawn = drawn
        self.codes.append(0x2D if code in _DIVIDING else code)
        left, top, right, bottom = sides
        # Comparisons, since these are called for every character.
        self.left = min(self.left, left)
        self.top = min(self.top, top)
        self.right = max(self.right, right)
        self.bottom = max(self.bottom, bottom)

    def apart(self, sides: Sides, drawn: Drawn) -> bool:
        """Whether a character at `sides` is on another line, or too far away on this one."""
        left, top, right, bottom = sides
        size = max(1.0, self.sizes[0][0], drawn.size)
        if not self.top - size * 0.4 <= (top + bottom) / 2 <= self.bottom + size * 0.4:
            return True
        return left - self.right > size * GAP or self.left - right > size * GAP or drawn.turn != self.drawn.turn

    @property
    def size(self) -> float:
        """The size of most of its characters."""
        weight: Counter[float] = Counter()
        ends = [start for _, start in self.sizes[1:]] + [len(self.codes)]
        for (size, start), end in zip(self.sizes, ends, strict=True):
            weight[size] += end - start
        return weight.most_common(1)[0][0]


def lines_of(characters: Characters, number: int, width: float, height: float) -> Page:
    """The lines of a page of this size, without what is hidden."""
    turn = characters.turn
    if turn in (90, 270):
        layout_width, layout_height = height, width
    else:
        layout_width, layout_height = width, height
    lines = [
        _closed(each, number, width, height, aside=each.drawn.turn != turn)
        for each in _collect(characters.all, width, height)
    ]
    return Page(number, layout_width, layout_height, tuple(line for line in lines if not _EMPTY.fullmatch(line.text)))


def _collect(characters: Iterable[Character], width: float, height: float) -> Iterator[_Open]:
    current: _Open | None = None
    for code, place, drawn in characters:
        if drawn and drawn.hidden:
            continue
        if place is None or drawn is None:
            if code in _LINE_ENDS and current:
                yield current
                current = None
            elif current and code:
                current.codes.append(0x20 if code in _SPACES else code)
            continue
        sides = along(place, drawn.turn, width, height) if drawn.turn else place
        if current is None:
            current = _Open.at(sides, drawn)
        elif current.apart(sides, drawn):
            yield current
            current = _Open.at(sides, drawn)
        current.add(code, sides, drawn)
    if current:
        yield current


def _parts_note_mark(line: _Open, code: int, drawn: Drawn) -> bool:
    """Whether a footnote's mark begins or ends here. It is no part of the word beside it, as the figure of "m2" is."""
    figure = 0x30 <= code <= 0x39
    if figure and drawn.size < line.sizes[0][0] * _NOTE_MARK:
        before = [chr(each) for each in line.codes[-_WORD:]]
        return before[-1:] in (["§"], [")"]) or (len(before) == _WORD and all(each.isalpha() for each in before))
    # "1Jfr prop.": the first line of the footnote itself.
    return (
        line.sizes[0][0] < drawn.size * _NOTE_MARK
        and chr(code).isalpha()
        and all(0x30 <= each <= 0x39 for each in line.codes)
    )


def along(place: Sides, turn: int, width: float, height: float) -> Sides:
    """A place on a page turned so that lines of this direction run from left to right."""
    left, top, right, bottom = place
    if turn == 90:
        return height - bottom, left, height - top, right
    if turn == 180:
        return width - right, height - bottom, width - left, height - top
    if turn == 270:
        return top, width - right, bottom, width - left
    return place


def _shown(sides: Sides, turn: int, width: float, height: float) -> Place:
    """The place on the page that `along` made into `sides`."""
    left, top, right, bottom = sides
    if turn == 90:
        return Place(top, height - right, bottom, height - left)
    if turn == 180:
        return Place(width - right, height - bottom, width - left, height - top)
    if turn == 270:
        return Place(width - bottom, left, width - top, right)
    return Place(*sides)


def _closed(line: _Open, number: int, width: float, height: float, *, aside: bool) -> Line:
    sides = line.left, line.top, line.right, line.bottom
    # Characters beyond the first 65,536 come as two codes.
    text = "".join(map(chr, line.codes)).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return Line(
        clean(text.translate(_BULLETS)),
        number,
        *sides,
        max(1.0, round(line.size * 2) / 2),
        line.bold,
        _shown(sides, line.drawn.turn, width, height),
        line.italic,
        aside,
    )
