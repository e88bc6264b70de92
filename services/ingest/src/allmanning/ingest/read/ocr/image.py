"""Pictures of documents: scans and photographs as PNG, JPEG and TIFF, read by OCR."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from allmanning.ingest.read.document import Extract, assemble
from allmanning.ingest.read.finding import OCR_PAGE, Finding
from allmanning.ingest.read.ocr import ocr
from allmanning.ingest.read.ocr.tesseract import Picture
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.pdf.blocks import blocks_of, titled
from allmanning.runtime.errors import Unprocessable

_FORMATS: Final = ("PNG", "JPEG", "TIFF")
# An A0 sheet at 300 dots an inch has 140 million; decoded it takes 420 MB in colour.
_MOST_PIXELS: Final = 150_000_000
_MOST_PAGES: Final = 5_000
# What a file says of its resolution is believed between these; otherwise the picture is as wide as A4.
_DPI: Final = (70, 1_200)
_A4_INCHES: Final = (8.27, 11.69)


def read_image(original: Original) -> Extract:
    """Read a picture; a TIFF may have many pages.

    Raises:
        Unprocessable: `document.needs_ocr`, `document.no_text`, `document.too_long`, `file.unreadable`, and
            `file.too_large` for more than 150 million pixels on a page.
    """
    if not ocr.available():
        raise ocr.missing()
    with opened(original.path) as image:
        return _extract(image, original)


@contextmanager
def opened(file: Path | IO[bytes]) -> Iterator[Image.Image]:
    """A PNG, JPEG or TIFF. Raises `Unprocessable`: `file.too_large`, `file.unreadable`, also from within the block."""
    try:
        with warnings.catch_warnings(), Image.open(file, formats=_FORMATS) as image:
            # The limit here is our own, and looked at before anything is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            yield image
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Unprocessable(
            "file.unreadable", "Bilden är skadad och kan inte läsas. (The picture is damaged.)"
        ) from error


def _extract(image: Image.Image, original: Original) -> Extract:
    total = getattr(image, "n_frames", 1)
    if total > _MOST_PAGES:
        raise Unprocessable(
            "document.too_long",
            f"Bilden har {total} sidor och högst {_MOST_PAGES} kan läsas in. Dela den i flera filer. "
            "(The picture has too many pages; split it.)",
        )
    readings: list[ocr.Reading] = []
    for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
        readings.append(read_frame(frame, number))
        original.told(number, total)
    return extract_of(readings)


def read_frame(frame: Image.Image, number: int) -> ocr.Reading:
    """Read one picture as page `number`. Raises `Unprocessable`: `file.too_large`, `document.needs_ocr`."""
    picture, width, height = _picture(frame)
    return ocr.read_picture(picture, number, width, height)


def extract_of(readings: Sequence[ocr.Reading]) -> Extract:
    """A document of these pages. Raises `Unprocessable`: `document.no_text`."""
    characters = sum(reading.characters for reading in readings)
    if not characters:
        raise Unprocessable("document.no_text", "Bilden innehåller ingen text. (The picture has no text.)")
    blocks, title = titled(blocks_of([reading.page for reading in readings]))
    return assemble(
        blocks,
        title=title,
        findings=[Finding(OCR_PAGE, reading.page.number) for reading in readings],
        pages=len(readings),
        ocr_quality=sum(reading.confidence * reading.characters for reading in readings) / characters,
    )


def _picture(frame: Image.Image) -> tuple[Picture, float, float]:
    """The page as it is meant to be seen, in grey, and its width and height in points."""
    if frame.width * frame.height > _MOST_PIXELS:
        raise _too_large()
    dpi = _dpi(frame)
    # JPEG decodes at an eighth, a quarter or half of its size for a fraction of the work.
    frame.draft("L", (frame.width, frame.height))
    seen = ImageOps.exif_transpose(frame)
    grey = _on_white(seen).convert("L")
    width, height = grey.width * 72 / dpi, grey.height * 72 / dpi
    scale = min(1.0, ocr.DPI * 1.2 / dpi, math.sqrt(ocr.MOST_PIXELS / (grey.width * grey.height)))
    if scale < 1:
        grey = grey.resize((max(1, round(grey.width * scale)), max(1, round(grey.height * scale))))
    return (
        Picture(grey.tobytes(), grey.width, grey.height, grey.width, max(1, round(dpi * scale))),
        width,
        height,
    )


def _on_white(image: Image.Image) -> Image.Image:
    """Transparent parts are white, as on paper."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image
    coloured = image.convert("RGBA")
    paper = Image.new("RGBA", coloured.size, "white")
    paper.alpha_composite(coloured)
    return paper


def _dpi(image: Image.Image) -> float:
    least, most = _DPI
    said = image.info.get("dpi", (0, 0))[0]
    if least < float(said) <= most and float(said) not in (72, 96):
        return float(said)
    short, long = sorted(image.size)
    return max(short / _A4_INCHES[0], long / _A4_INCHES[1])


def _too_large() -> Unprocessable:
    return Unprocessable(
        "file.too_large",
        f"Bilden har mer än {_MOST_PIXELS // 1_000_000} miljoner bildpunkter. Spara den i lägre upplösning. "
        "(The picture has too many pixels.)",
    )
