"""Text in a PDF that nobody sees who looks at the page: it is left out, and counted."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cached_property
from typing import Final

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from allmanning.ingest.read.finding import (
    HIDDEN_COLOUR,
    HIDDEN_INVISIBLE,
    HIDDEN_OFF_PAGE,
    HIDDEN_SIZE,
    HIDDEN_STYLE,
)
from allmanning.ingest.read.ocr.tesseract import Picture
from allmanning.ingest.read.pdf.characters import Characters, Drawn, Frame, Place
from allmanning.ingest.read.pdf.pictures import Drawings, picture_of

_SMALLEST_SIZE: Final = 1.0
_INVISIBLE_MODES: Final = frozenset({pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP})
_STROKED: Final = frozenset({pdfium.FPDF_TEXTRENDERMODE_STROKE, pdfium.FPDF_TEXTRENDERMODE_STROKE_CLIP})
# Darker and more opaque than this is seen on anything but a dark ground.
_LIGHT: Final = 0.6
_FAINT: Final = 64
_LOOK_DPI: Final = 100
_LOOK_PIXELS: Final = 4_000_000
# Of 255 shades, between the darkest and the lightest in a word's place: less is no word.
_LEAST_CONTRAST: Final = 12
_OPTIONAL: Final = "OC"
_NAME_UNITS: Final = 64


class _Look:
    """The page as it is shown, rendered when first asked for."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._page = page

    @cached_property
    def _picture(self) -> Picture:
        return picture_of(self._page, _LOOK_DPI, _LOOK_PIXELS)

    def shows(self, place: Place) -> bool:
        """Whether anything but one colour is to be seen there."""
        picture = self._picture
        scale = picture.dpi / 72
        left, right = max(0, int(place.left * scale)), min(picture.width, int(place.right * scale) + 1)
        top, bottom = max(0, int(place.top * scale)), min(picture.height, int(place.bottom * scale) + 1)
        rows = [picture.pixels[y * picture.stride + left : y * picture.stride + right] for y in range(top, bottom)]
        rows = [row for row in rows if row]
        return bool(rows) and max(map(max, rows)) - min(map(min, rows)) >= _LEAST_CONTRAST


def hide(characters: Characters, page: pypdfium2.PdfPage, frame: Frame, drawn: Drawings) -> None:
    """Mark what is not seen with the code of its finding.

    Invisible text over a picture is the work of an OCR program, and stays.
    """
    look = _Look(page)
    width, height = frame.size
    for each in characters.drawn:
        each.hidden = _why(each, drawn, look.shows, Place(0, 0, width, height))


def _why(text: Drawn, drawn: Drawings, shows: Callable[[Place], bool], sheet: Place) -> str:
    if not sheet.overlaps(Place(*text.boxes[0])) and not sheet.overlaps(text.place):
        return HIDDEN_OFF_PAGE
    if text.size < _SMALLEST_SIZE:
        return HIDDEN_SIZE
    handle = ctypes.cast(text.handle, pdfium.FPDF_PAGEOBJECT)
    mode = pdfium.FPDFTextObj_GetTextRenderMode(handle)
    if mode in _INVISIBLE_MODES:
        return "" if any(each.overlaps(text.place) for each in drawn.pictures) else HIDDEN_INVISIBLE
    if _is_optional(handle) and not shows(text.place):
        return HIDDEN_STYLE
    if drawn.over(text) and not shows(text.place):
        return HIDDEN_STYLE
    if mode not in _STROKED and _is_pale(handle) and not shows(text.place):
        return HIDDEN_COLOUR
    return ""


def _is_pale(handle: pdfium.FPDF_PAGEOBJECT) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha):
        return False
    light = (0.3 * red.value + 0.59 * green.value + 0.11 * blue.value) / 255
    return light > _LIGHT or alpha.value < _FAINT


def _is_optional(handle: pdfium.FPDF_PAGEOBJECT) -> bool:
    """Whether the text belongs to a layer that can be switched off."""
    for index in range(pdfium.FPDFPageObj_CountMarks(handle)):
        mark = pdfium.FPDFPageObj_GetMark(handle, index)
        name = (ctypes.c_ushort * _NAME_UNITS)()
        if pdfium.FPDFPageObjMark_GetName(mark, name, ctypes.sizeof(name), ctypes.c_ulong()):
            return bytes(name).decode("utf-16-le").partition("\0")[0] == _OPTIONAL
    return False
