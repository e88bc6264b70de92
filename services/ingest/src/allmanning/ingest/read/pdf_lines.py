"""Lines of text on the pages of a PDF, with their place and size, as pdfium sees them."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from allmanning.ingest.read.document import clean

# pdfium's own mark for a hyphen that divides a word at a line's end, old and new.
_DIVIDING: Final = frozenset({0x02, 0xFFFE})
_SPACES: Final = frozenset({0x20, 0xA0})
_LINE_ENDS: Final = frozenset({0x0A, 0x0D})
_BOLD_WEIGHT: Final = 600
# A wider gap, in font sizes, is not between two words of a sentence.
_GAP: Final = 1.8


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of a line without wide gaps. Points, from the page's top left corner; `size` is the font's."""

    text: str
    page: int
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool
    cells: tuple[Line, ...] = ()
    """The pieces of a row, from left to right; empty where a line is one piece."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page's lines in the order of the file; `scanned` when a picture covers most of it."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    scanned: bool


@dataclass(slots=True)
class _Open:
    """A line that is being collected."""

    codes: list[int]
    left: float
    bottom: float
    right: float
    top: float
    size: float
    bold: bool

    def add(self, code: int, box: tuple[float, float, float, float]) -> None:
        self.codes.append(code)
        self.left, self.bottom = min(self.left, box[0]), min(self.bottom, box[1])
        self.right, self.top = max(self.right, box[2]), max(self.top, box[3])

    def apart(self, box: tuple[float, float, float, float]) -> bool:
        """Whether a character at `box` is on another line, or too far away on this one."""
        middle = (box[1] + box[3]) / 2
        if not self.bottom - self.size * 0.4 <= middle <= self.top + self.size * 0.4:
            return True
        return box[0] - self.right > self.size * _GAP or self.left - box[2] > self.size * _GAP


def page_lines(page: pypdfium2.PdfPage, number: int) -> Page:
    """Collect the lines of one page."""
    width, height = page.get_size()
    rotation = page.get_rotation()
    text = page.get_textpage()
    try:
        lines = tuple(_placed(each, number, page) for each in _collect(text, rotation))
    finally:
        text.close()
    return Page(number, width, height, tuple(line for line in lines if line.text), _is_scanned(page, width * height))


def _placed(line: _Open, number: int, page: pypdfium2.PdfPage) -> Line:
    """Turn pdfium's upward axis around; after a rotation only relations between lines matter."""
    left, _, _, top = page.get_mediabox()
    height = top if page.get_rotation() == 0 else 0.0
    units = b"".join(code.to_bytes(2, "little") for code in line.codes if code <= 0xFFFF)
    return Line(
        clean(units.decode("utf-16-le", errors="ignore")),
        number,
        line.left - left,
        height - line.top,
        line.right - left,
        height - line.bottom,
        line.size,
        line.bold,
    )


def _collect(text: pypdfium2.PdfTextPage, rotation: int) -> Iterator[_Open]:
    current: _Open | None = None
    for index in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text.raw, index)
        space = code in _SPACES
        box = _box(text.raw, index, rotation)
        if current and (code in _LINE_ENDS or (not space and current.apart(box))):
            yield current
            current = None
        if code in _LINE_ENDS or code == 0 or (space and current is None):
            continue
        if current is None:
            current = _Open([], *box, *_font(text.raw, index))
        if space:
            # A space that pdfium made up has no place of its own.
            current.codes.append(0x20)
        else:
            # "3 § The rest": a line is bold when all of it is.
            current.bold = current.bold and pdfium.FPDFText_GetFontWeight(text.raw, index) >= _BOLD_WEIGHT
            current.add(ord("-") if code in _DIVIDING else code, box)
    if current:
        yield current


def _box(raw: pdfium.FPDF_TEXTPAGE, index: int, rotation: int) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a character, as the page is shown."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(raw, index, left, right, bottom, top)
    return _turned((left.value, bottom.value, right.value, top.value), rotation)


def _font(raw: pdfium.FPDF_TEXTPAGE, index: int) -> tuple[float, bool]:
    matrix = pdfium.FS_MATRIX()
    scale = 1.0
    if pdfium.FPDFText_GetMatrix(raw, index, matrix):
        scale = math.hypot(matrix.c, matrix.d) or 1.0
    size = max(1.0, round(pdfium.FPDFText_GetFontSize(raw, index) * scale * 2) / 2)
    return size, pdfium.FPDFText_GetFontWeight(raw, index) >= _BOLD_WEIGHT


def _turned(box: tuple[float, float, float, float], rotation: int) -> tuple[float, float, float, float]:
    left, bottom, right, top = box
    if rotation == 90:
        return bottom, -right, top, -left
    if rotation == 180:
        return -right, -top, -left, -bottom
    if rotation == 270:
        return -top, left, -bottom, right
    return box


def _is_scanned(page: pypdfium2.PdfPage, area: float) -> bool:
    covered = 0.0
    for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=2):
        left, bottom, right, top = image.get_bounds()
        covered += max(0.0, right - left) * max(0.0, top - bottom)
    return covered > area * 0.5
