"""PDF text in reading order, with pages and headings."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader, PdfWriter

from allmanning.ingest.read.document import Block, Extract, Kind
from allmanning.runtime.errors import Unprocessable
from tests.unit.ingest.files import Words, pdf, read_bytes


def read_pdf(data: bytes) -> Extract:
    return read_bytes(data, "fil.pdf", "application/pdf")


def body(*lines: str, x: int = 70, y: int = 700) -> list[Words]:
    return [Words(x, y - 14 * number, line) for number, line in enumerate(lines)]


def kinds(blocks: tuple[Block, ...]) -> list[tuple[Kind, str]]:
    return [(block.kind, block.text) for block in blocks]


def test_headings_paragraphs_and_divided_words() -> None:
    page = [
        Words(70, 780, "Riktlinjer för bygglov", 20),
        Words(70, 740, "Avgifter", 14),
        *body("Nämnden tar ut en avgift för hand-", "läggning av ansökan om bygglov.", y=720),
        *body("Nästa stycke börjar här.", y=660),
    ]
    extract = read_pdf(pdf(page))
    assert extract.title == "Riktlinjer för bygglov"
    assert kinds(extract.blocks) == [
        (Kind.HEADING, "Riktlinjer för bygglov"),
        (Kind.HEADING, "Avgifter"),
        (Kind.PARAGRAPH, "Nämnden tar ut en avgift för handläggning av ansökan om bygglov."),
        (Kind.PARAGRAPH, "Nästa stycke börjar här."),
    ]
    assert [block.level for block in extract.blocks] == [1, 2, 0, 0]


def test_repeated_headers_and_page_numbers_are_left_out_and_paragraphs_cross_pages() -> None:
    pages = [
        [
            Words(70, 820, "Uddby kommun"),
            *body(f"Sida {number} handlar om sak {number} och den meningen", "är inte slut när sidan är det utan"),
            Words(290, 20, f"{number} (4)"),
        ]
        for number in range(1, 5)
    ]
    pages[1][1] = Words(70, 700, "fortsätter på nästa sida.")
    extract = read_pdf(pdf(*pages))
    assert "Uddby" not in extract.text
    assert "(4)" not in extract.text
    assert "är det utan fortsätter på nästa sida." in extract.text
    assert {block.page for block in extract.blocks} >= {1, 3}


def test_columns_are_read_one_after_the_other() -> None:
    left = [f"Vänster spalt rad {number} med text" for number in range(8)]
    right = [f"Höger spalt rad {number} med text" for number in range(8)]
    rows = [
        words
        for number in range(8)
        for words in (Words(60, 700 - 14 * number, left[number]), Words(320, 700 - 14 * number, right[number]))
    ]
    text = read_pdf(pdf(rows)).text
    assert text.index("Vänster spalt rad 7") < text.index("Höger spalt rad 0")


def test_aligned_rows_are_a_table_and_cells_may_take_two_lines() -> None:
    cells = [("Tjänst", "Avgift"), ("Lån av gånghjälpmedel", "250 kronor"), ("Hemkörning", "175 kronor")]
    rows = [
        words
        for number, (left, right) in enumerate(cells)
        for words in (Words(70, 700 - 30 * number, left), Words(400, 702 - 30 * number, right))
    ]
    wrapped = [Words(70, 657, "som rollator"), *body("Barn betalar ingenting.", y=590)]

    assert kinds(read_pdf(pdf(rows + wrapped)).blocks) == [
        (
            Kind.TABLE,
            "Tjänst | Avgift\nLån av gånghjälpmedel som rollator | 250 kronor\nHemkörning | 175 kronor",
        ),
        (Kind.PARAGRAPH, "Barn betalar ingenting."),
    ]


def test_two_pieces_side_by_side_are_no_table_but_one_line() -> None:
    row = [Words(70, 700, "Dnr BMN 2026/12"), Words(400, 700, "Exempelby")]
    assert "Dnr BMN 2026/12 Exempelby" in read_pdf(pdf([*row, *body("Beslut om avgift.", y=650)])).text


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pdf([Words(70, 700, "hemligt")], encrypted=True), "document.encrypted"),
        (pdf([]), "document.no_text"),
        (b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF", "file.unreadable"),
        (b"%PDF-1.7 and then nothing", "file.unreadable"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, code: str) -> None:
    with pytest.raises(Unprocessable) as caught:
        read_pdf(data)
    assert caught.value.code == code


def test_a_file_that_opens_without_a_password_is_read_though_it_is_encrypted() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(body("Öppen för alla att läsa.")))))
    writer.encrypt(user_password="", owner_password="ägare", algorithm="AES-256-R5")
    out = io.BytesIO()
    writer.write(out)
    assert read_pdf(out.getvalue()).text == "Öppen för alla att läsa."


def test_progress_is_told_after_each_page() -> None:
    told: list[tuple[int, int]] = []
    pages = [body(f"Sidan {number} har text.") for number in range(3)]
    extract = read_bytes(pdf(*pages), "fil.pdf", told=lambda *progress: told.append(progress))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert extract.pages == 3
