"""Tesseract, called in this process through its C interface.

The system's own library is used, as its language data is: Debian's `tesseract-ocr` and `tesseract-ocr-swe`. A parse
worker may start no programs, and the wheels that carry Tesseract carry JBIG-KIT, which is GPL, as well.
Interface: https://github.com/tesseract-ocr/tesseract/blob/main/include/tesseract/capi.h (4 and 5 are alike here).
"""

from __future__ import annotations

import atexit
import ctypes
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from allmanning.ingest.read.document import clean
from allmanning.runtime.errors import Internal

_LIBRARIES: Final = ("libtesseract.so.5", "libtesseract.so.4", "libtesseract.so", "libtesseract.5.dylib")
_DATA_FOLDERS: Final = ("/usr/share/tesseract-ocr/*/tessdata", "/usr/share/tessdata", "/usr/local/share/tessdata")
_LANGUAGES: Final = ("swe", "eng")
_ORIENTATION: Final = "osd"
# PSM_AUTO_OSD, PSM_AUTO; RIL_TEXTLINE, RIL_WORD of capi.h.
_WITH_ORIENTATION, _WITHOUT_ORIENTATION = 1, 3
_TEXT_LINE, _WORD = 2, 3
_PAGE_DEADLINE_MS: Final = 60_000
_COLOURS: Final = 1

_SIGNATURES: Final[dict[str, tuple[type | None, tuple[type, ...]]]] = {
    "TessBaseAPICreate": (ctypes.c_void_p, ()),
    "TessBaseAPIDelete": (None, (ctypes.c_void_p,)),
    "TessBaseAPIInit3": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p)),
    "TessBaseAPISetPageSegMode": (None, (ctypes.c_void_p, ctypes.c_int)),
    "TessBaseAPISetImage": (None, (ctypes.c_void_p, ctypes.c_char_p, *[ctypes.c_int] * 4)),
    "TessBaseAPISetSourceResolution": (None, (ctypes.c_void_p, ctypes.c_int)),
    "TessBaseAPIRecognize": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_void_p)),
    "TessBaseAPIClear": (None, (ctypes.c_void_p,)),
    "TessBaseAPIGetIterator": (ctypes.c_void_p, (ctypes.c_void_p,)),
    "TessMonitorCreate": (ctypes.c_void_p, ()),
    "TessMonitorDelete": (None, (ctypes.c_void_p,)),
    "TessMonitorSetDeadlineMSecs": (None, (ctypes.c_void_p, ctypes.c_int)),
    "TessResultIteratorDelete": (None, (ctypes.c_void_p,)),
    "TessResultIteratorGetPageIterator": (ctypes.c_void_p, (ctypes.c_void_p,)),
    "TessResultIteratorNext": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_int)),
    "TessResultIteratorGetUTF8Text": (ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_int)),
    "TessResultIteratorConfidence": (ctypes.c_float, (ctypes.c_void_p, ctypes.c_int)),
    "TessPageIteratorIsAtBeginningOf": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_int)),
    "TessPageIteratorBoundingBox": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_int, *[ctypes.c_void_p] * 4)),
    "TessPageIteratorBaseline": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_int, *[ctypes.c_void_p] * 4)),
    "TessPageIteratorOrientation": (None, (ctypes.c_void_p, *[ctypes.c_void_p] * 4)),
    "TessDeleteText": (None, (ctypes.c_void_p,)),
}


class Picture(NamedTuple):
    """Grey pixels, one byte each, row after row; `stride` is the bytes of a row, `dpi` pixels an inch."""

    pixels: bytes
    width: int
    height: int
    stride: int
    dpi: int


class Word(NamedTuple):
    """Pixels from the picture's upper left corner. `turn` is how the word runs: 0, 90 (upwards), 180 or 270.

    `ascent` is from the lower edge of letters without a tail to the upper edge of the tallest.
    """

    text: str
    confidence: float
    left: int
    top: int
    right: int
    bottom: int
    ascent: float
    turn: int
    opens_line: bool


class Tesseract:
    """Reads pictures, one at a time. Holds some 100 MB for as long as it lives."""

    def __init__(self, library: ctypes.CDLL, data: Path, languages: str) -> None:
        self._library = library
        self._api = library.TessBaseAPICreate()
        if library.TessBaseAPIInit3(self._api, os.fsencode(data), languages.encode()):
            library.TessBaseAPIDelete(self._api)
            raise Internal("reader.broken", "Tesseract kan inte läsa sina språkdata.")
        atexit.register(library.TessBaseAPIDelete, self._api)
        oriented = (data / f"{_ORIENTATION}.traineddata").is_file()
        library.TessBaseAPISetPageSegMode(self._api, _WITH_ORIENTATION if oriented else _WITHOUT_ORIENTATION)

    def words(self, picture: Picture) -> list[Word]:
        """The words of a picture in reading order; none when it took more than a minute."""
        library = self._library
        monitor = library.TessMonitorCreate()
        try:
            library.TessMonitorSetDeadlineMSecs(monitor, _PAGE_DEADLINE_MS)
            library.TessBaseAPISetImage(
                self._api, picture.pixels, picture.width, picture.height, _COLOURS, picture.stride
            )
            library.TessBaseAPISetSourceResolution(self._api, picture.dpi)
            if library.TessBaseAPIRecognize(self._api, monitor):
                return []
            return list(self._words())
        finally:
            library.TessBaseAPIClear(self._api)
            library.TessMonitorDelete(monitor)

    def _words(self) -> Iterator[Word]:
        library = self._library
        results = library.TessBaseAPIGetIterator(self._api)
        if not results:
            return
        page = library.TessResultIteratorGetPageIterator(results)
        box, base, kinds = ([ctypes.c_int() for _ in range(count)] for count in (4, 4, 3))
        skew = ctypes.c_float()
        try:
            more = True
            while more:
                if text := self._text(results):
                    library.TessPageIteratorBoundingBox(page, _WORD, *map(ctypes.addressof, box))
                    library.TessPageIteratorBaseline(page, _WORD, *map(ctypes.addressof, base))
                    library.TessPageIteratorOrientation(page, *map(ctypes.addressof, kinds), ctypes.addressof(skew))
                    left, top, right, bottom = (side.value for side in box)
                    # Up, right, down, left of the page; "right" means that lines run downwards.
                    turn = (0, 270, 180, 90)[kinds[0].value % 4]
                    x, y = (base[0].value + base[2].value) / 2, (base[1].value + base[3].value) / 2
                    yield Word(
                        text,
                        library.TessResultIteratorConfidence(results, _WORD) / 100,
                        left,
                        top,
                        right,
                        bottom,
                        {0: y - top, 90: x - left, 180: bottom - y, 270: right - x}[turn],
                        turn,
                        bool(library.TessPageIteratorIsAtBeginningOf(page, _TEXT_LINE)),
                    )
                more = bool(library.TessResultIteratorNext(results, _WORD))
        finally:
            library.TessResultIteratorDelete(results)

    def _text(self, results: int) -> str:
        pointer = self._library.TessResultIteratorGetUTF8Text(results, _WORD)
        if not pointer:
            return ""
        try:
            return clean(ctypes.string_at(pointer).decode("utf-8", errors="ignore"))
        finally:
            self._library.TessDeleteText(pointer)


@cache
def installed() -> bool:
    """Whether this process could read pictures; nothing but the library is loaded to tell."""
    return _data() is not None and _library() is not None


@cache
def tesseract() -> Tesseract | None:
    """The one of this process; None where the library or its Swedish and English data are not installed."""
    data, library = _data(), _library()
    if data is None or library is None:
        return None
    languages = [name for name in _LANGUAGES if (data / f"{name}.traineddata").is_file()]
    return Tesseract(library, data, "+".join(languages))


def _data() -> Path | None:
    """The folder of language data that has the most of ours."""
    folders = [Path(os.environ["TESSDATA_PREFIX"])] if os.environ.get("TESSDATA_PREFIX") else []
    folders += [found for pattern in _DATA_FOLDERS for found in sorted(Path("/").glob(pattern.lstrip("/")))]
    for name in _LANGUAGES:
        for folder in folders:
            if (folder / f"{name}.traineddata").is_file():
                return folder
    return None


@cache
def _library() -> ctypes.CDLL | None:
    # Its threads gain little and take address space and the other workers' processor time.
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    for name in _LIBRARIES:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        for function, (result, arguments) in _SIGNATURES.items():
            found = getattr(library, function)
            found.restype, found.argtypes = result, arguments
        return library
    return None
