"""Whether a PDF's font is bold or slanted: by its name, its weight, and else by what the font's file says of itself."""

from __future__ import annotations

import ctypes
import struct
from dataclasses import dataclass, field
from typing import Final

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

_BOLD_WEIGHT: Final = 600
# pdfium works out the weight of fonts without a name from widths, and comes to thousands.
_HEAVIEST: Final = 1_000
# FXFONT_ITALIC of the font's flags, ISO 32000 table 121.
_ITALIC_FLAG: Final = 0x40
_NAME_BYTES: Final = 128
_LARGEST_FILE: Final = 20_000_000
_TABLES: Final = 64
# `macStyle` of a TrueType font's table `head`.
_STYLE_AT: Final = 44
_BOLD_BIT, _ITALIC_BIT = 1, 2


@dataclass(frozen=True, slots=True)
class Style:
    bold: bool
    italic: bool


@dataclass(slots=True)
class Fonts:
    """The fonts of one page."""

    _known: dict[int, Style] = field(default_factory=dict)

    def style(self, text: pdfium.FPDF_TEXTPAGE, index: int, handle: int) -> Style:
        """The style of the text object with this handle, which draws the character at `index`."""
        font = pdfium.FPDFTextObj_GetFont(ctypes.cast(handle, pdfium.FPDF_PAGEOBJECT))
        address = ctypes.cast(font, ctypes.c_void_p).value or 0
        if address not in self._known:
            self._known[address] = _style(text, index, font)
        return self._known[address]


def _style(text: pdfium.FPDF_TEXTPAGE, index: int, font: pdfium.FPDF_FONT) -> Style:
    name, flags = ctypes.create_string_buffer(_NAME_BYTES), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text, index, name, _NAME_BYTES, flags)
    called = name.value.lower()
    weight = pdfium.FPDFText_GetFontWeight(text, index)
    bold = b"bold" in called or _BOLD_WEIGHT <= weight <= _HEAVIEST
    italic = bool(flags.value & _ITALIC_FLAG) or b"italic" in called or b"oblique" in called
    if weight > _HEAVIEST and font:
        bits = _style_bits(font)
        return Style(bold or bool(bits & _BOLD_BIT), italic or bool(bits & _ITALIC_BIT))
    return Style(bold, italic)


def _style_bits(font: pdfium.FPDF_FONT) -> int:
    """`macStyle` of the font's file; 0 when it is no TrueType font."""
    size = ctypes.c_size_t()
    if not pdfium.FPDFFont_GetFontData(font, None, 0, size) or not 0 < size.value <= _LARGEST_FILE:
        return 0
    buffer = (ctypes.c_uint8 * size.value)()
    pdfium.FPDFFont_GetFontData(font, buffer, size.value, size)
    data = bytes(buffer)
    try:
        (tables,) = struct.unpack_from(">H", data, 4)
        for number in range(min(tables, _TABLES)):
            tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * number)
            if tag == b"head":
                return int(struct.unpack_from(">H", data, offset + _STYLE_AT)[0])
    except struct.error:
        return 0
    return 0
