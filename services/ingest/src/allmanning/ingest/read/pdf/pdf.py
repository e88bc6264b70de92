"""PDF files: their text layer, and OCR for pages that are pictures."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import Final

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from allmanning.ingest.read.document import Extract, assemble, clean
from allmanning.ingest.read.finding import OCR_MISSING, OCR_PAGE, Finding
from allmanning.ingest.read.ocr import ocr
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.pdf.blocks import blocks_of, titled
from allmanning.ingest.read.pdf.characters import Frame, characters
from allmanning.ingest.read.pdf.headings import Entry
from allmanning.ingest.read.pdf.hidden import hide
from allmanning.ingest.read.pdf.lines import Page, lines_of
from allmanning.ingest.read.pdf.pictures import drawings, picture_of
from allmanning.ingest.read.quality import is_rubbish, legibility
from allmanning.runtime.errors import Unprocessable

_MOST_PAGES: Final = 5_000
# pdfium keeps every picture that it has read until the file is closed: after about as much it is opened anew.
_KEPT_BYTES: Final = 64_000_000
# Fewer letters on a page beside a picture of it: a stamp on a scan, not a text layer.
_LETTERS_OF_A_STAMP: Final = 25
_LETTERS_OF_A_PAGE: Final = 200
_MOSTLY_PICTURE: Final = 0.5
_PARTLY_PICTURE: Final = 0.2
_SMALL_PICTURE: Final = 0.02
# Letters that were drawn as lines.
_PATHS_OF_A_TEXT: Final = 50
_NO_LETTER: Final = re.compile(r"[\W_]")
_OUTLINE_DEPTH: Final = 6
_MOST_BOOKMARKS: Final = 10_000
_PROGRAM_TITLE: Final = re.compile(r"microsoft|untitled|namnlös|document\d*$|\.\w{2,4}$", re.IGNORECASE)


def read_pdf(original: Original) -> Extract:
    """Read a PDF: pages, headings by size, paragraphs across lines, columns and pages; pictures of pages by OCR.

    Raises:
        Unprocessable: `document.encrypted`, `document.needs_ocr` (pictures, and no OCR is installed),
            `document.no_text`, `document.too_long`, `file.unreadable`.
    """
    document = _opened(original)
    try:
        total = len(document)
        if not total:
            raise _unreadable()
        if total > _MOST_PAGES:
            raise Unprocessable(
                "document.too_long",
                f"PDF-filen har {total} sidor och högst {_MOST_PAGES} kan läsas in. Dela den i flera filer. "
                "(The PDF has too many pages; split it.)",
            )
        reader = _Reader()
        pages_at_once = max(1, int(_KEPT_BYTES * total / original.path.stat().st_size))
        for index in range(total):
            if index and index % pages_at_once == 0:
                document.close()
                document = _opened(original)
            reader.read(document, index)
            original.told(index + 1, total)
        named = clean(document.get_metadata_dict().get("Title", ""))
        outline = _outline(document)
    except pypdfium2.PdfiumError as error:
        raise _unreadable() from error
    finally:
        document.close()
    return reader.extract("" if _PROGRAM_TITLE.search(named) else named, outline)


def _outline(document: pypdfium2.PdfDocument) -> list[Entry]:
    entries: list[Entry] = []
    for bookmark in islice(document.get_toc(max_depth=_OUTLINE_DEPTH), _MOST_BOOKMARKS):
        target = bookmark.get_dest()
        index = target.get_index() if target else None
        entries.append(Entry(bookmark.level, clean(bookmark.get_title()), 0 if index is None else index + 1))
    return entries


def _opened(original: Original) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(original.path)
    except pypdfium2.PdfiumError as error:
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD:
            raise Unprocessable(
                "document.encrypted", "PDF-filen är låst med lösenord. (The PDF is locked with a password.)"
            ) from error
        raise _unreadable() from error


def _unreadable() -> Unprocessable:
    return Unprocessable("file.unreadable", "PDF-filen är skadad och kan inte läsas. (The PDF is damaged.)")


def _letters(text: str) -> int:
    return len(text) - len(_NO_LETTER.findall(text))


class _Reader:
    """The pages of one document, as far as they are read."""

    def __init__(self) -> None:
        self._pages: list[Page] = []
        self._findings: list[Finding] = []
        self._readings: list[ocr.Reading] = []
        self._unread_pictures = 0

    def read(self, document: pypdfium2.PdfDocument, index: int) -> None:
        """Read the next page. One that pdfium can't load is left out, as a program that shows PDF would."""
        number = index + 1
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            self._pages.append(Page(number, 0, 0, ()))
            return
        try:
            self._pages.append(self._page(page, number))
        finally:
            page.close()

    def _page(self, page: pypdfium2.PdfPage, number: int) -> Page:
        frame = Frame.of(page)
        found, drawn = characters(page, frame), drawings(page, frame)
        hide(found, page, frame, drawn)
        hidden: Counter[str] = Counter()
        for each in found.drawn:
            hidden[each.hidden] += len(each.boxes)
        self._findings += [Finding(code, number, count=count) for code, count in sorted(hidden.items()) if code]
        lines = lines_of(found, number, *frame.size)
        text = " ".join(line.text for line in lines.lines)
        letters = _letters(text)
        rubbish = is_rubbish(code for code, place, _ in found.all if place)
        covered = drawn.covered(*frame.size)
        picture = covered >= (_PARTLY_PICTURE if letters else _SMALL_PICTURE)
        if rubbish or (
            letters < _LETTERS_OF_A_STAMP and (picture or (not letters and drawn.paths >= _PATHS_OF_A_TEXT))
        ):
            return self._by_ocr(page, lines, least=0 if rubbish else letters)
        if covered >= _MOSTLY_PICTURE and ocr.available():
            if letters < _LETTERS_OF_A_PAGE:
                # A stamp, or a text over a background picture: what OCR reads twice as much of is not all in the layer.
                return self._by_ocr(page, lines, least=letters * 2)
            if legibility(text).bad:
                return self._by_ocr(page, lines, least=letters // 2)
        return lines

    def _by_ocr(self, page: pypdfium2.PdfPage, lines: Page, *, least: int) -> Page:
        """What OCR reads on the page if it is more than `least` letters; otherwise the page as it was."""
        if not ocr.available():
            self._unread_pictures += 1
            self._findings.append(Finding(OCR_MISSING, lines.number))
            return lines
        reading = ocr.read_picture(picture_of(page, ocr.DPI, ocr.MOST_PIXELS), lines.number, *page.get_size())
        if reading.characters <= least:
            return lines
        self._readings.append(reading)
        self._findings.append(Finding(OCR_PAGE, lines.number))
        return reading.page

    def extract(self, named: str, outline: list[Entry]) -> Extract:
        """The document. `named` is the title that its file gives itself, `outline` its bookmarks."""
        letters = sum(_letters(line.text) for page in self._pages for line in page.lines)
        # A stamp on some of many scanned pages is not what the document says.
        stamps = letters < _LETTERS_OF_A_STAMP * len(self._pages) and self._unread_pictures > len(self._pages) / 2
        if self._unread_pictures and (not letters or stamps):
            raise ocr.missing()
        if not letters:
            raise Unprocessable("document.no_text", "Dokumentet innehåller ingen text. (The document has no text.)")
        blocks, title = titled(blocks_of(self._pages, outline), named)
        read = sum(reading.characters for reading in self._readings)
        quality = sum(reading.confidence * reading.characters for reading in self._readings) / max(1, read)
        return assemble(
            blocks,
            title=title,
            findings=self._findings,
            pages=len(self._pages),
            ocr_quality=quality,
        )
