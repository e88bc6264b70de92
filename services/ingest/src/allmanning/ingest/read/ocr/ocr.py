"""Pictures of pages become lines of text, by Tesseract where it is installed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from allmanning.ingest.read.ocr.tesseract import Picture, Word, installed, tesseract
from allmanning.ingest.read.pdf.characters import Place
from allmanning.ingest.read.pdf.lines import GAP, Line, Page, along
from allmanning.runtime.errors import Unprocessable

# On two blurred, skewed and noisy pages 0.7 and 1.1 % of the characters were wrong; 1.0 and 1.2 % at 300, 0.7 and 1.3 %
# at 200.
DPI: Final = 250
# A page of A3 at 250 dots an inch; larger ones are read coarser.
MOST_PIXELS: Final = 12_500_000
# Specks and lines that were taken for letters.
_LEAST_CONFIDENCE: Final = 0.25
# Heights of letters over the baseline, as shares of the font size.
_TALL: Final = frozenset("bdfhklijtåäöß§0123456789")
_TALL_SHARE: Final = 0.72
_SHORT_SHARE: Final = 0.52
# Tesseract's Swedish does not know "§" well: "12 $$ arkivförordningen".
_SECTION_SIGN: Final = re.compile(r"(?<=\d)\$+(?= |$)|(?<=\d )\${1,2}(?= |$)|(?<=\d [a-z] )\$(?= |$)")
# Heights are measured to a pixel: what is about as large as the page's text is as large.
_AS_LARGE: Final = (0.8, 1.25)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a picture of a page; `confidence` is 0..1, the mean over `characters`."""

    page: Page
    confidence: float
    characters: int


def available() -> bool:
    """Whether pictures can be read on this machine."""
    return installed()


def missing() -> Unprocessable:
    """What a document is refused with that can't be read without OCR, where there is none."""
    return Unprocessable(
        "document.needs_ocr",
        "Dokumentet är en inskannad bild utan text och textigenkänning (OCR) är inte installerad. Installera "
        "tesseract-ocr och tesseract-ocr-swe. (The document is a scan; OCR is not installed.)",
    )


def read_picture(picture: Picture, number: int, width: float, height: float) -> Reading:
    """Read a picture of a page of this size in points.

    Raises:
        Unprocessable: `document.needs_ocr`, where Tesseract is not installed.
    """
    engine = tesseract()
    if engine is None:
        raise missing()
    words = [word for word in engine.words(picture) if word.confidence >= _LEAST_CONFIDENCE]
    weight: Counter[int] = Counter()
    for word in words:
        weight[word.turn] += len(word.text)
    turn = weight.most_common(1)[0][0] if weight else 0
    scale = 72 / picture.dpi
    lines = [_line(some, number, scale, width, height, aside=some[0].turn != turn) for some in _pieces(words)]
    if turn in (90, 270):
        width, height = height, width
    characters = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / max(1, characters)
    return Reading(Page(number, width, height, tuple(_evened(lines))), confidence, characters)


def _pieces(words: Iterable[Word]) -> Iterator[list[Word]]:
    """The words of each line, divided where a wide gap is."""
    piece: list[Word] = []
    for word in words:
        if piece and (word.opens_line or word.turn != piece[-1].turn or _gap(piece, word) > GAP * _size(piece)):
            yield piece
            piece = []
        piece.append(word)
    if piece:
        yield piece


def _gap(piece: Sequence[Word], word: Word) -> float:
    last = piece[-1]
    return {
        0: word.left - last.right,
        90: last.top - word.bottom,
        180: last.left - word.right,
        270: word.top - last.bottom,
    }[word.turn]


def _size(words: Sequence[Word]) -> float:
    """The font size of words, in pixels."""
    return median(
        word.ascent / (_TALL_SHARE if any(each.isupper() or each in _TALL for each in word.text) else _SHORT_SHARE)
        for word in words
    )


def _line(words: Sequence[Word], number: int, scale: float, width: float, height: float, *, aside: bool) -> Line:
    place = Place(
        min(word.left for word in words) * scale,
        min(word.top for word in words) * scale,
        max(word.right for word in words) * scale,
        max(word.bottom for word in words) * scale,
    )
    sides = along(place, words[0].turn, width, height)
    text = _SECTION_SIGN.sub(lambda found: "§" * len(found.group()), " ".join(word.text for word in words))
    return Line(text, number, *sides, size=max(1.0, _size(words) * scale), bold=False, place=place, aside=aside)


def _evened(lines: Sequence[Line]) -> list[Line]:
    """The lines with the same size where it differs by what a pixel makes."""
    by_size = sorted(lines, key=lambda line: line.size)
    half = sum(len(line.text) for line in lines) / 2
    body = 0.0
    for line in by_size:
        half -= len(line.text)
        if half <= 0:
            body = line.size
            break
    least, most = _AS_LARGE
    return [replace(line, size=round(body if least <= line.size / body <= most else line.size)) for line in lines]
