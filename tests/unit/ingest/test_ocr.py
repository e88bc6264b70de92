"""Pages that are pictures are read by OCR where Tesseract is installed, and set aside where it is not."""

from __future__ import annotations

import io

import pytest
from docx import Document
from PIL import Image
from pypdf import PdfReader, PdfWriter

from allmanning.ingest.read.document import Block, Extract, Kind, assemble
from allmanning.ingest.read.finding import OCR_MISSING, OCR_PAGE, OCR_QUALITY, Finding
from allmanning.ingest.read.ocr import ocr
from allmanning.ingest.read.quality import legibility, with_quality
from allmanning.runtime.errors import Unprocessable
from tests.unit.ingest.files import Words, pdf, read_bytes, saved, scan

needs_tesseract = pytest.mark.skipif(not ocr.available(), reason="Tesseract and its language data are not installed")

PAGE = [
    Words(70, 760, "Beslut om bygglov", 20),
    Words(70, 700, "Nämnden beviljar bygglov för en altan på fastigheten"),
    Words(70, 686, "Björken 3. Åtgärden får påbörjas när kommunen har gett"),
    Words(70, 672, "startbesked. Avgiften är 4 500 kronor."),
]
SENTENCE = "Nämnden beviljar bygglov för en altan på fastigheten Björken 3."


def read_pdf(data: bytes) -> Extract:
    return read_bytes(data, "skannad.pdf", "application/pdf")


@pytest.fixture
def without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "installed", lambda: False)


@needs_tesseract
def test_a_scan_is_read_with_headings_places_and_a_figure_of_its_quality() -> None:
    extract = read_pdf(saved(scan(pdf(PAGE)), "PDF"))
    assert extract.title == "Beslut om bygglov"
    assert SENTENCE in extract.text
    assert Finding(OCR_PAGE, 1) in extract.findings
    assert 0.8 < extract.ocr_quality <= 1
    (place,) = [box for box in extract.boxes if "Nämnden" in extract.text[box.start : box.end]]
    assert place.left == pytest.approx(70, abs=3)
    assert place.top == pytest.approx(842 - 709, abs=4)
    assert place.bottom == pytest.approx(842 - 698, abs=4)


@needs_tesseract
@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_scan_that_lies_on_its_side_is_read_and_its_places_are_of_the_page_as_shown(rotation: int) -> None:
    extract = read_pdf(saved(scan(pdf(PAGE), rotation=rotation), "PDF"))
    assert SENTENCE in extract.text
    (place,) = [box for box in extract.boxes if "Nämnden" in extract.text[box.start : box.end]]
    edge = {90: 842 - place.right, 180: 842 - place.bottom, 270: place.left}[rotation]
    assert edge == pytest.approx(842 - 709, abs=4)


@needs_tesseract
def test_only_the_pages_that_are_pictures_are_read_by_ocr() -> None:
    document = read_pdf(_mixed())
    assert [each for each in document.findings if each.code == OCR_PAGE] == [Finding(OCR_PAGE, 2)]
    assert "Det här är en vanlig sida" in document.text
    assert SENTENCE in document.text
    assert document.pages == 2


@pytest.mark.usefixtures("without_ocr")
def test_without_ocr_a_scan_is_set_aside_and_a_mixed_document_says_which_pages_are_missing() -> None:
    with pytest.raises(Unprocessable) as caught:
        read_pdf(saved(scan(pdf(PAGE)), "PDF"))
    assert caught.value.code == "document.needs_ocr"
    document = read_pdf(_mixed())
    assert document.findings == (Finding(OCR_MISSING, 2),)
    assert "Det här är en vanlig sida" in document.text


@pytest.mark.usefixtures("without_ocr")
def test_a_stamp_on_each_page_of_a_scan_is_no_text_layer() -> None:
    page = saved(scan(pdf(PAGE), dpi=50), "JPEG", dpi=50)
    with pytest.raises(Unprocessable) as caught:
        read_pdf(_with_picture(page, "Dnr 2026:12"))
    assert caught.value.code == "document.needs_ocr"


@needs_tesseract
def test_a_text_layer_of_bad_ocr_over_a_scan_is_read_anew() -> None:
    # Each line says what is wrong once more: one such word in a page is a name.
    lines = [f"Namnden maste aven pa nytt prova nar bygglov galler, rad {number} fran sokanden." for number in range(4)]
    bad = [Words(70, 640 - 14 * number, line, state="3 Tr") for number, line in enumerate(lines)]
    scanned = PdfWriter()
    page = scanned.add_page(PdfReader(io.BytesIO(saved(scan(pdf(PAGE)), "PDF"))).pages[0])
    page.merge_page(PdfReader(io.BytesIO(pdf(bad))).pages[0])
    out = io.BytesIO()
    scanned.write(out)
    extract = read_pdf(out.getvalue())
    assert SENTENCE in extract.text
    assert "Namnden" not in extract.text


@needs_tesseract
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_pictures_are_read_page_by_page(kind: str) -> None:
    pages = scan(pdf(PAGE, [Words(70, 700, "Andra sidan handlar om avgifter för bygglov.")]))
    told: list[tuple[int, int]] = []
    extract = read_bytes(saved(pages, kind), f"bild.{kind.lower()}", told=lambda *progress: told.append(progress))
    assert SENTENCE in extract.text
    assert told == ([(1, 2), (2, 2)] if kind == "TIFF" else [(1, 1)])
    assert ("avgifter för bygglov" in extract.text) == (kind == "TIFF")
    assert extract.pages == len(told)


@needs_tesseract
def test_a_photograph_is_turned_as_its_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    scan(pdf(PAGE), rotation=270)[0].save(out, "JPEG", dpi=(200, 200), exif=exif)
    extract = read_bytes(out.getvalue(), "foto.jpg")
    (place,) = [box for box in extract.boxes if "Nämnden" in extract.text[box.start : box.end]]
    assert place.top == pytest.approx(842 - 709, abs=4)


@needs_tesseract
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(Unprocessable) as caught:
        read_bytes(out.getvalue(), "bomb.png")
    assert caught.value.code == "file.too_large"


def test_damaged_pictures_are_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: True)
    with pytest.raises(Unprocessable) as caught:
        read_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "bild.png")
    assert caught.value.code == "file.unreadable"


GOOD = (
    "Nämnden ska även pröva om avgiften är skälig. Från och med årsskiftet gäller att den som söker också måste visa"
    " när arbetet börjar och på vilket sätt det sker. Kommittédirektivet och idén är kända, och 2 kap. 3 § samt"
    " artikel 6.1 c gäller. Någon sådan särskilt utpekad åtgärd behöver inte redovisas därför att många redan gör det."
)


def test_letters_that_ocr_lost_are_noticed_and_good_text_is_not() -> None:
    assert legibility(GOOD).score > 0.95
    bad = GOOD.translate(str.maketrans("åäö", "aao"))
    assert legibility(bad).bad
    found = with_quality(assemble([Block(Kind.PARAGRAPH, bad)]))
    assert [each.code for each in found.findings] == [OCR_QUALITY]
    assert 0 < found.ocr_quality < 0.75


@pytest.mark.parametrize(("old", "new"), [("ö", "6"), ("ä", "}"), ("å", "é")])
def test_other_signs_for_letters_are_noticed(old: str, new: str) -> None:
    assert legibility((GOOD * 2).replace(old, new)).bad


def _mixed() -> bytes:
    """A page of text, and a scan."""
    return _with_picture(
        saved(scan(pdf(PAGE)), "JPEG"), "", first=[Words(70, 700, "Det här är en vanlig sida med text i.")]
    )


def _with_picture(jpeg: bytes, stamp: str, first: list[Words] | None = None) -> bytes:
    image = io.BytesIO()
    Image.open(io.BytesIO(jpeg)).save(image, "PDF", resolution=Image.open(io.BytesIO(jpeg)).info["dpi"][0])
    writer = PdfWriter()
    if first:
        writer.append(io.BytesIO(pdf(first)))
    scanned = writer.add_page(PdfReader(image).pages[0])
    if stamp:
        scanned.merge_page(PdfReader(io.BytesIO(pdf([Words(450, 820, stamp)]))).pages[0])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def scanned_word(*pages: bytes) -> bytes:
    """A Word document that somebody has put pictures in, and nothing else."""
    document = Document()
    for page in pages:
        document.add_picture(io.BytesIO(page))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@needs_tesseract
def test_scans_in_a_word_document_without_text_are_the_document() -> None:
    second = [Words(70, 760, "Så överklagar du", 20), Words(70, 700, "Skriv till länsstyrelsen inom tre veckor.")]
    logotype = saved([Image.new("L", (120, 60), 200)], "PNG")
    scans = [saved(scan(pdf(page)), "PNG") for page in (PAGE, second)]
    extract = read_bytes(scanned_word(logotype, *scans), "beslut.docx")
    assert extract.title == "Beslut om bygglov"
    assert extract.text.index(SENTENCE) < extract.text.index("Skriv till länsstyrelsen")
    assert [finding.code for finding in extract.findings] == [OCR_PAGE, OCR_PAGE]
    assert extract.ocr_quality > 0.8
    assert extract.boxes == ()


@pytest.mark.usefixtures("without_ocr")
def test_scans_in_a_word_document_wait_for_ocr_where_there_is_none() -> None:
    with pytest.raises(Unprocessable, match="needs_ocr"):
        read_bytes(scanned_word(saved(scan(pdf(PAGE)), "PNG")), "beslut.docx")


def test_a_word_document_with_a_logotype_alone_has_no_text() -> None:
    with pytest.raises(Unprocessable, match="no_text"):
        read_bytes(scanned_word(saved([Image.new("L", (120, 60), 200)], "PNG")), "beslut.docx")
