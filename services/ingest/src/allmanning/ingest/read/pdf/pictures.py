"""What a PDF page draws besides text: how much of it is pictures, and the page itself as a picture."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from allmanning.ingest.read.ocr.tesseract import Picture
from allmanning.ingest.read.pdf.characters import Drawn, Frame, Place

# Maps and drawings have more; what they have beyond these is not looked at.
_MOST_OBJECTS: Final = 20_000
_OPAQUE: Final = 250
# A smaller patch, in square points, hides no word.
_SMALLEST_COVER: Final = 20.0
_FORM_DEPTH: Final = 3


@dataclass(frozen=True, slots=True)
class Drawings:
    """The page's pictures, and what may lie over its text: each place with its position in the drawing order."""

    pictures: list[Place]
    covers: list[tuple[int, Place]]
    order: dict[int, int]
    """Position of each text object that stands on the page itself."""
    paths: int

    def covered(self, width: float, height: float) -> float:
        """The share of the page that pictures cover, at most 1."""
        area = sum(
            max(0.0, min(width, each.right) - max(0.0, each.left))
            * max(0.0, min(height, each.bottom) - max(0.0, each.top))
            for each in self.pictures
        )
        return min(1.0, area / max(1.0, width * height))

    def over(self, text: Drawn) -> bool:
        """Whether something is drawn over this text after it."""
        position = self.order.get(text.handle)
        if position is None or not self.covers or self.covers[-1][0] < position:
            return False
        place = text.place
        return any(after > position and cover.overlaps(place) for after, cover in self.covers)


def drawings(page: pypdfium2.PdfPage, frame: Frame) -> Drawings:
    found = Drawings([], [], {}, 0)
    paths = 0
    for position, handle in enumerate(_objects(page)):
        kind = pdfium.FPDFPageObj_GetType(handle)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            found.order[ctypes.cast(handle, ctypes.c_void_p).value or 0] = position
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            place = _place(handle, frame)
            found.pictures.append(place)
            found.covers.append((position, place))
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            paths += 1
            if _is_filled(handle):
                place = _place(handle, frame)
                if (place.right - place.left) * (place.bottom - place.top) >= _SMALLEST_COVER:
                    found.covers.append((position, place))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM:
            # The coordinates inside a form are its own; its pictures fill it, as far as matters here.
            place = _place(handle, frame)
            if _has_picture(handle, _FORM_DEPTH):
                found.pictures.append(place)
            found.covers.append((position, place))
    return Drawings(found.pictures, found.covers, found.order, paths)


def picture_of(page: pypdfium2.PdfPage, dpi: int, most_pixels: int) -> Picture:
    """The page in shades of grey, coarser than `dpi` where it would have more pixels."""
    width, height = page.get_size()
    pixels = max(1.0, width * height * (dpi / 72) ** 2)
    if pixels > most_pixels:
        dpi = max(1, int(dpi * math.sqrt(most_pixels / pixels)))
    bitmap = page.render(scale=dpi / 72, grayscale=True, may_draw_forms=False, draw_annots=False)
    try:
        return Picture(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, dpi)
    finally:
        bitmap.close()


def _objects(page: pypdfium2.PdfPage) -> Iterator[pdfium.FPDF_PAGEOBJECT]:
    for index in range(min(pdfium.FPDFPage_CountObjects(page.raw), _MOST_OBJECTS)):
        handle = pdfium.FPDFPage_GetObject(page.raw, index)
        if handle:
            yield handle


def _place(handle: pdfium.FPDF_PAGEOBJECT, frame: Frame) -> Place:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
        return Place(0, 0, 0, 0)
    return Place(*frame.shown(left.value, bottom.value, right.value, top.value))


def _is_filled(handle: pdfium.FPDF_PAGEOBJECT) -> bool:
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(handle, mode, stroke) or mode.value == pdfium.FPDF_FILLMODE_NONE:
        return False
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    return bool(pdfium.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha)) and alpha.value >= _OPAQUE


def _has_picture(form: pdfium.FPDF_PAGEOBJECT, depth: int) -> bool:
    for index in range(min(pdfium.FPDFFormObj_CountObjects(form), _MOST_OBJECTS)):
        handle = pdfium.FPDFFormObj_GetObject(form, index)
        kind = pdfium.FPDFPageObj_GetType(handle)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            return True
        if kind == pdfium.FPDF_PAGEOBJ_FORM and depth > 0 and _has_picture(handle, depth - 1):
            return True
    return False
