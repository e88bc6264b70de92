"""Scans that somebody has put into an office file: where it has no text of its own, they are the document."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from typing import Final

from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.ocr import image, ocr
from allmanning.ingest.read.original import Original

_PICTURE: Final = re.compile(r"(?:(?:word|ppt|xl)/media|Pictures)/[^/]+\.(?:png|jpe?g|tiff?)", re.IGNORECASE)
_LARGEST_PART: Final = 100 * 1024 * 1024
# A line of text is not much smaller; logotypes and icons are.
_LEAST_PIXELS: Final = 200
_MOST_PICTURES: Final = 1_000


def read_pictures_within(original: Original) -> Extract | None:
    """The text of the pictures in an Open XML or OpenDocument file, a page each; None where there are none.

    Raises:
        Unprocessable: `document.needs_ocr`, `document.no_text`, `file.too_large`, `file.unreadable`.
    """
    if not zipfile.is_zipfile(original.path):
        return None
    with zipfile.ZipFile(original.path) as archive:
        parts = [each for each in archive.infolist() if _PICTURE.fullmatch(each.filename)]
        parts = sorted((each for each in parts if each.file_size <= _LARGEST_PART), key=_by_number)[:_MOST_PICTURES]
        readings: list[ocr.Reading] = []
        for number, part in enumerate(parts, start=1):
            with archive.open(part) as file, image.opened(file) as picture:
                if min(picture.size) >= _LEAST_PIXELS:
                    if not ocr.available():
                        raise ocr.missing()
                    readings.append(image.read_frame(picture, len(readings) + 1))
            original.told(number, len(parts))
    if not readings:
        return None
    # Their numbers are no pages of the file as its program shows it.
    extract = image.extract_of(readings)
    return replace(extract, boxes=())


def _by_number(part: zipfile.ZipInfo) -> tuple[str, int, str]:
    """`image2.png` before `image10.png`."""
    folder, _, name = part.filename.rpartition("/")
    number = re.search(r"\d+", name)
    return folder, int(number[0]) if number else 0, name
