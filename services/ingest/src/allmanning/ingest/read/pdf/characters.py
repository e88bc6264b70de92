"""The characters that a PDF page draws, with their places as the page is shown."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from allmanning.ingest.read.pdf.fonts import Fonts

_LINE_ENDS: Final = frozenset({0x0A, 0x0D})
_SPACES: Final = frozenset({0x20, 0xA0})
# Millions of characters on one page are an attack, or a drawing.
_MOST_CHARACTERS: Final = 200_000


def _plain(function: object, result: type, *arguments: type) -> ctypes._FuncPointer:
    """The same function with handles as numbers: a pointer object for each character costs more than the call."""
    address = ctypes.cast(function, ctypes.c_void_p).value  # type: ignore[arg-type]
    return ctypes.CFUNCTYPE(result, *arguments)(address or 0)


_text_object: Final = _plain(pdfium.FPDFText_GetTextObject, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
_unicode: Final = _plain(pdfium.FPDFText_GetUnicode, ctypes.c_uint, ctypes.c_void_p, ctypes.c_int)
_char_box: Final = _plain(
    pdfium.FPDFText_GetCharBox, ctypes.c_int, ctypes.c_void_p, ctypes.c_int, *[ctypes.c_void_p] * 4
)


# Left, top, right and bottom, in points from the upper left corner of the page as it is shown.
Sides: TypeAlias = tuple[float, float, float, float]


class Place(NamedTuple):
    """Points from the upper left corner of the page as it is shown."""

    left: float
    top: float
    right: float
    bottom: float

    def around(self, other: Place) -> Place:
        """The smallest place that holds both."""
        return Place(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def overlaps(self, other: Place) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """What of a page is shown (its crop box, in the file's upward coordinates), and how far it is turned clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @classmethod
    def of(cls, page: pypdfium2.PdfPage) -> Frame:
        left, bottom, right, top = page.get_bbox()
        return cls(left, bottom, right, top, page.get_rotation())

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as shown."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.rotation in (90, 270) else (width, height)

    def shown(self, left: float, bottom: float, right: float, top: float) -> Sides:
        """Where a box of the file's coordinates is on the page as shown."""
        if self.rotation == 90:
            return bottom - self.bottom, left - self.left, top - self.bottom, right - self.left
        if self.rotation == 180:
            return self.right - right, bottom - self.bottom, self.right - left, top - self.bottom
        if self.rotation == 270:
            return self.top - top, self.right - right, self.top - bottom, self.right - left
        return left - self.left, self.top - top, right - self.left, self.top - bottom


@dataclass(slots=True)
class Drawn:
    """What one text object draws. `size` is in points as shown, `turn` the direction of its lines: 0, 90 (upwards), 180
    or 270 (downwards); `hidden` is the code of why nobody sees it.
    """

    handle: int
    size: float
    bold: bool
    italic: bool
    turn: int
    boxes: list[Sides] = field(default_factory=list)
    """Of its characters, without spaces."""
    hidden: str = ""

    @property
    def place(self) -> Place:
        """Around all of its characters."""
        lefts, tops, rights, bottoms = zip(*self.boxes, strict=True)
        return Place(min(lefts), min(tops), max(rights), max(bottoms))


# A code point, its place, and what draws it; the last two are absent for spaces and line ends that pdfium made up.
# Plain tuples: there are millions.
Character: TypeAlias = tuple[int, Sides | None, Drawn | None]


@dataclass(frozen=True, slots=True)
class Characters:
    """In the order of the file."""

    all: list[Character]
    drawn: list[Drawn]

    @property
    def turn(self) -> int:
        """The direction of most of the page's text."""
        weight: Counter[int] = Counter()
        for each in self.drawn:
            weight[each.turn] += len(each.boxes)
        return weight.most_common(1)[0][0] if weight else 0


def characters(page: pypdfium2.PdfPage, frame: Frame) -> Characters:
    """Everything that the page's content draws as text, seen or not; annotations are not part of it."""
    text = page.get_textpage()
    try:
        return _characters(text, frame)
    finally:
        text.close()


def _characters(text: pypdfium2.PdfTextPage, frame: Frame) -> Characters:
    raw = ctypes.cast(text.raw, ctypes.c_void_p)
    sides = (ctypes.c_double * 4)()
    start, step = ctypes.addressof(sides), ctypes.sizeof(ctypes.c_double)
    pointers = [start + step * number for number in range(4)]
    objects: dict[int, Drawn] = {}
    fonts = Fonts()
    found: list[Character] = []
    for index in range(min(text.count_chars(), _MOST_CHARACTERS)):
        code = _unicode(raw, index)
        handle = _text_object(raw, index)
        if not handle or code in _LINE_ENDS:
            found.append((code, None, None))
            continue
        drawn = objects.get(handle)
        if drawn is None:
            drawn = objects[handle] = _drawn(text.raw, index, handle, frame.rotation, fonts)
        if code in _SPACES:
            found.append((code, None, drawn))
            continue
        _char_box(raw, index, *pointers)
        left, right, bottom, top = sides[:]
        place = frame.shown(left, bottom, right, top)
        drawn.boxes.append(place)
        found.append((code, place, drawn))
    return Characters(found, [drawn for drawn in objects.values() if drawn.boxes])


def _drawn(raw: pdfium.FPDF_TEXTPAGE, index: int, handle: int, rotation: int, fonts: Fonts) -> Drawn:
    matrix = pdfium.FS_MATRIX()
    scale, turn = 1.0, 0
    if pdfium.FPDFText_GetMatrix(raw, index, matrix):
        scale = math.hypot(matrix.c, matrix.d) or 1.0
        turn = round((math.degrees(math.atan2(matrix.b, matrix.a)) - rotation) / 90) * 90 % 360
    size = pdfium.FPDFText_GetFontSize(raw, index) * scale
    style = fonts.style(raw, index, handle)
    return Drawn(handle, size, style.bold, style.italic, turn)
