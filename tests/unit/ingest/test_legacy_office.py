"""Word, PowerPoint and Excel files of before 2007."""

from __future__ import annotations

import pytest

from allmanning.ingest.read import finding
from allmanning.ingest.read.document import Extract, Kind
from allmanning.ingest.read.media_type import DOC, PPT, XLS
from allmanning.runtime.errors import Unprocessable
from tests.unit.ingest.files import kind_of, read_bytes
from tests.unit.ingest.ole import HIDDEN, IN_TABLE, ROW_END, TINY, WHITE, Run, Sheet, box, doc, ppt, xls


def codes(extract: Extract) -> dict[str, int]:
    return {each.code: each.count for each in extract.findings}


def line(text: str, style: int = 0, modifiers: bytes = b"") -> tuple[list[Run], int, bytes]:
    return [Run(text)], style, modifiers


def test_word_headings_tables_and_fields() -> None:
    data = doc(
        [
            line("Delegationsordning för Ängby\r", 1),
            line('Se \x13 HYPERLINK "http://x" \x14sidan\x15.\r'),
            line("Nr\x07", 0, IN_TABLE),
            line("Ärende\x07", 0, IN_TABLE),
            line("\x07", 0, ROW_END),
            line("1\x07", 0, IN_TABLE),
            line("Lov 🌳\x07", 0, IN_TABLE),
            line("\x07", 0, ROW_END),
            line("Slut.\r"),
        ]
    )
    assert kind_of(data, "a.docx") == DOC
    extract = read_bytes(data, "a.doc")
    assert extract.title == "Delegationsordning för Ängby"
    assert [(block.kind, block.text) for block in extract.blocks] == [
        (Kind.HEADING, "Delegationsordning för Ängby"),
        (Kind.PARAGRAPH, "Se sidan."),
        (Kind.TABLE, "Nr | Ärende\n1 | Lov 🌳"),
        (Kind.PARAGRAPH, "Slut."),
    ]


def test_word_hidden_text_and_comments_are_left_out_and_counted() -> None:
    runs = [Run("Synligt"), Run("Dolt", HIDDEN), Run("Vitt nu", WHITE), Run("Smått", TINY), Run(" slut.\r")]
    extract = read_bytes(doc([(runs, 0, b"")], comments="Kommentar\r"), "a.doc")
    assert extract.text == "Synligt slut."
    assert codes(extract) == {
        finding.HIDDEN_COMMENT: 9,
        finding.HIDDEN_STYLE: 4,
        finding.HIDDEN_COLOUR: 7,
        finding.HIDDEN_SIZE: 5,
    }


def test_slides_are_pages_with_a_heading_and_notes() -> None:
    slides = [
        (box(1, "Avgift\rTid") + box(0, "Bygglov"), False),
        (box(4, "Hemlig sida"), True),
        (box(4, "Sist") + box(4, "Bredvid", left=6000), False),
    ]
    data = ppt(slides, notes="Säg detta")
    assert kind_of(data, "a.pptx") == PPT
    extract = read_bytes(data, "a.ppt")
    assert [(block.page, block.kind, block.text) for block in extract.blocks] == [
        (1, Kind.HEADING, "Bygglov"),
        (1, Kind.LIST_ITEM, "- Avgift"),
        (1, Kind.LIST_ITEM, "- Tid"),
        (1, Kind.PARAGRAPH, "Säg detta"),
        (3, Kind.PARAGRAPH, "Sist"),
    ]
    assert (extract.title, extract.pages) == ("Bygglov", 3)
    assert {(each.code, each.page, each.count) for each in extract.findings} == {
        (finding.HIDDEN_SHEET, 2, 11),
        (finding.HIDDEN_OFF_PAGE, 3, 7),
    }


def test_sheets_without_what_is_hidden_and_with_merged_cells_repeated() -> None:
    rows: list[list[str | float]] = [["Vad", "Inre", "Avgift"], ["Altan", "x", 4000], ["", "y", 1.5], ["Göm", "z", 7]]
    data = xls(
        Sheet("Taxa", rows, hidden_rows=(3,), hidden_columns=(1,), merged=(1, 2, 0, 0)),
        Sheet("Dold", [["Hemligt", 1]], hidden=True),
        Sheet("Sist", [["a", "=cmd|'/c'!A0"], ["b", "2"]]),
    )
    assert kind_of(data, "a.xlsx") == XLS
    extract = read_bytes(data, "a.xls")
    assert extract.text == ("Taxa\n\nVad | Avgift\nAltan | 4 000\nAltan | 1.5\n\nSist\n\na | =cmd|'/c'!A0\nb | 2")
    assert codes(extract) == {finding.HIDDEN_STYLE: 4 + 1 + 1 + 5, finding.HIDDEN_SHEET: 8, finding.FORMULA: 1}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (doc([line("x\r")], encrypted=True), "a.doc"),
        (ppt([(box(4, "x"), False)], encrypted=True), "a.ppt"),
        (xls(Sheet("a", [["x"]]), encrypted=True), "a.xls"),
    ],
)
def test_locked_files(data: bytes, name: str) -> None:
    with pytest.raises(Unprocessable, match=r"document\.encrypted"):
        read_bytes(data, name)


@pytest.mark.parametrize(
    ("data", "name"), [(doc([line("Text\r")]), "a.doc"), (ppt([(box(4, "Text"), False)]), "a.ppt")]
)
def test_damaged_files(data: bytes, name: str) -> None:
    assert read_bytes(data, name).text == "Text"
    with pytest.raises(Unprocessable, match=r"file\.unreadable"):
        read_bytes(data[:3000], name)
