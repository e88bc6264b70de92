"""Text that nobody sees on a PDF page is left out and counted; what is seen stays, however it is drawn."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    TextStringObject,
)

from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.finding import (
    HIDDEN_COLOUR,
    HIDDEN_INVISIBLE,
    HIDDEN_OFF_PAGE,
    HIDDEN_SIZE,
    HIDDEN_STYLE,
    Finding,
)
from tests.unit.ingest.files import Words, pdf, read_bytes, saved, scan

SEEN = Words(70, 700, "Nämnden avslår ansökan.")
DARK_BOX = "0 0 0.4 rg 60 590 300 30 re f"


def read_pdf(data: bytes) -> Extract:
    return read_bytes(data, "fil.pdf", "application/pdf")


@pytest.mark.parametrize(
    ("words", "keys", "over", "code"),
    [
        (Words(70, 600, "Godkänn", state="3 Tr"), "", "", HIDDEN_INVISIBLE),
        (Words(70, 600, "Godkänn", state="1 1 1 rg"), "", "", HIDDEN_COLOUR),
        (Words(70, 600, "Godkänn", state="0.99 0.99 0.97 rg"), "", "", HIDDEN_COLOUR),
        (Words(70, 600, "Godkänn", size=0.5), "", "", HIDDEN_SIZE),
        (Words(70, 600, "Godkänn", size=11, state="0.05 0 0 0.05 0 0 cm"), "", "", HIDDEN_SIZE),
        (Words(700, 600, "Godkänn"), "", "", HIDDEN_OFF_PAGE),
        (Words(70, 600, "Godkänn"), "/CropBox[0 650 595 842]", "", HIDDEN_OFF_PAGE),
        (Words(70, 600, "Godkänn"), "", "0 0 0 rg 60 590 300 30 re f", HIDDEN_STYLE),
        (Words(70, 600, "Godkänn"), "", "1 1 1 rg 60 590 300 30 re f", HIDDEN_STYLE),
    ],
)
def test_what_is_not_seen_is_left_out_and_counted(words: Words, keys: str, over: str, code: str) -> None:
    extract = read_pdf(pdf([SEEN, words], keys=keys, over=over))
    assert extract.text == SEEN.text
    assert extract.findings == (Finding(code, 1, count=len("Godkänn")),)


@pytest.mark.parametrize(
    ("words", "under", "over"),
    [
        (Words(70, 600, "Godkänn", state="1 1 1 rg"), DARK_BOX, ""),
        (Words(70, 600, "Godkänn", state="0.7 0.7 0.7 rg"), "", ""),
        (Words(70, 600, "Godkänn"), "q 0.9 0.9 0.9 rg 60 590 300 30 re f Q", ""),
        (Words(70, 600, "Godkänn"), "", "0 0 0 rg 60 500 300 30 re f"),
        (Words(70, 600, "Godkänn", state="1 Tr 1 1 1 rg 0 0 0 RG"), "", ""),
        (Words(70, 600, "Godkänn", size=1.5), "", ""),
    ],
)
def test_what_is_seen_is_kept(words: Words, under: str, over: str) -> None:
    extract = read_pdf(pdf([SEEN, words], under=under, over=over))
    assert extract.text == f"{SEEN.text}\n\nGodkänn"
    assert extract.findings == ()


def test_text_in_a_layer_that_is_switched_off_is_left_out() -> None:
    layered = Words(70, 600, "Godkänn", state="/OC /Off BDC")
    shown = Words(70, 500, "Avgift tas ut.", state="EMC /OC /On BDC")
    writer = PdfWriter(io.BytesIO(pdf([SEEN, layered, shown])))
    layers = {
        name: writer._add_object(
            DictionaryObject({NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): TextStringObject(name)})
        )
        for name in ("On", "Off")
    }
    writer.pages[0]["/Resources"][NameObject("/Properties")] = DictionaryObject(
        {NameObject(f"/{name}"): layer for name, layer in layers.items()}
    )
    writer.root_object[NameObject("/OCProperties")] = DictionaryObject(
        {
            NameObject("/OCGs"): ArrayObject(layers.values()),
            NameObject("/D"): DictionaryObject({NameObject("/OFF"): ArrayObject([layers["Off"]])}),
        }
    )
    out = io.BytesIO()
    writer.write(out)
    extract = read_pdf(out.getvalue())
    assert extract.text == f"{SEEN.text}\n\n{shown.text}"
    assert extract.findings == (Finding(HIDDEN_STYLE, 1, count=len("Godkänn")),)


def test_what_an_annotation_says_is_not_read() -> None:
    writer = PdfWriter(io.BytesIO(pdf([SEEN])))
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/FreeText"),
            NameObject("/Rect"): ArrayObject([FloatObject(each) for each in (70, 500, 300, 550)]),
            NameObject("/Contents"): TextStringObject("Godkänn"),
            NameObject("/DA"): TextStringObject("/Helv 12 Tf"),
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    out = io.BytesIO()
    writer.write(out)
    assert read_pdf(out.getvalue()).text == SEEN.text


def test_the_text_layer_of_an_ocr_program_over_a_scan_is_kept() -> None:
    """Invisible text over a picture is how every scanner program writes what it read."""
    layer = [
        Words(70, 700 - 14 * number, f"Rad {number} av det som textigenkänningen läste på sidan", state="3 Tr")
        for number in range(8)
    ]
    picture = PdfReader(io.BytesIO(saved(scan(pdf(layer)), "PDF"))).pages[0]
    writer = PdfWriter()
    page = writer.add_page(picture)
    page.merge_page(PdfReader(io.BytesIO(pdf(layer))).pages[0])
    out = io.BytesIO()
    writer.write(out)
    extract = read_pdf(out.getvalue())
    assert extract.text.startswith("Rad 0 av det som textigenkänningen läste på sidan Rad 1")
    assert extract.findings == ()
