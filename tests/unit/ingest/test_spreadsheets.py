"""Workbooks and tables as text: what is shown is read, and nothing is run."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import openpyxl  # type: ignore[import-untyped]
import pytest
from openpyxl.comments import Comment  # type: ignore[import-untyped]
from openpyxl.workbook import Workbook  # type: ignore[import-untyped]

from allmanning.ingest.passages import Size, pieces
from allmanning.ingest.read import finding
from allmanning.ingest.read.document import Extract, Kind
from allmanning.ingest.read.spreadsheet.delimited import delimiter_of
from allmanning.ingest.read.spreadsheet.sheet import is_formula
from allmanning.runtime.errors import Unprocessable
from tests.unit.ingest.files import read_bytes

ROWS = (["Åtgärd", "Enhet", "Antal"], ["Altan", "per lov", 3], ["Plank", "per meter", 12])


def read(write: Callable[[Workbook], None]) -> Extract:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    write(book)
    out = io.BytesIO()
    book.save(out)
    return read_bytes(out.getvalue(), "a.xlsx")


def codes(extract: Extract) -> dict[str, int]:
    return {each.code: each.count for each in extract.findings}


def test_hidden_sheets_rows_and_columns_are_left_out_and_counted() -> None:
    def write(book: Workbook) -> None:
        book.create_sheet("Dold").append(["Hemligt"])
        book["Dold"].sheet_state = "hidden"
        book.create_sheet("Djupt").append(["Gömt"])
        book["Djupt"].sheet_state = "veryHidden"
        book.active.row_dimensions[3].hidden = True
        book.active.column_dimensions["B"].hidden = True

    extract = read(write)
    assert extract.text == "Åtgärd | Antal\nAltan | 3"
    assert codes(extract) == {finding.HIDDEN_STYLE: 12 + 5 + 9 + 2, finding.HIDDEN_SHEET: 11}


def test_a_format_that_shows_nothing_hides_its_cell() -> None:
    def write(book: Workbook) -> None:
        book.active["C2"].number_format = ";;;"

    extract = read(write)
    assert extract.text == "Åtgärd | Enhet | Antal\nAltan | per lov\nPlank | per meter | 12"
    assert codes(extract) == {finding.HIDDEN_STYLE: 1}


def test_numbers_are_read_as_they_are_shown() -> None:
    def write(book: Workbook) -> None:
        for cell, value, form in (
            ("C2", 0.255, "0.0%"),
            ("C3", date(2026, 3, 1), "yyyy-mm-dd"),
            ("A4", 1 / 3, "0.00"),
            ("B4", 1234.5, "General"),
            ("C4", 12000, "#,##0"),
        ):
            book.active[cell] = value
            book.active[cell].number_format = form

    assert read(write).text == (
        "Åtgärd | Enhet | Antal\nAltan | per lov | 25.5 %\nPlank | per meter | 2026-03-01\n0.33 | 1234.5 | 12000"
    )


def test_merged_cells_are_repeated() -> None:
    def write(book: Workbook) -> None:
        book.active["A3"] = None
        book.active.merge_cells("A2:A3")

    assert read(write).text.endswith("Altan | per lov | 3\nAltan | per meter | 12")


def test_comments_are_left_out_and_noted() -> None:
    def write(book: Workbook) -> None:
        book.active["A1"].comment = Comment("Hemlig", "A")

    extract = read(write)
    assert "Hemlig" not in extract.text
    assert codes(extract)[finding.HIDDEN_COMMENT] >= 6


def test_formulas_are_not_run_and_text_that_would_be_is_noted() -> None:
    def write(book: Workbook) -> None:
        book.active["A4"] = "=1+1"
        book.active["B4"] = '=HYPERLINK("http://x.se","klicka")'
        book.active["C4"] = "=cmd|'/c calc'!A0"
        book.active["C4"].data_type = "s"

    extract = read(write)
    assert extract.text.endswith("=cmd|'/c calc'!A0")
    assert "HYPERLINK" not in extract.text
    assert codes(extract) == {finding.FORMULA: 2}


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "=cmd|'/c calc'!A0", "@SUM(A1)", "+cmd|' /C'!A1", "-sum(1)", "=A1"])
def test_what_would_be_run_is_a_formula(cell: str) -> None:
    assert is_formula(cell)


@pytest.mark.parametrize("cell", ["-5", "+46 8 123", "- punkt", "@kommunen", "====", "", "a=1", "-10 % | ja"])
def test_what_people_write_is_none(cell: str) -> None:
    assert not is_formula(cell)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_of_any_dialect_and_encoding(delimiter: str, encoding: str) -> None:
    lines = (["Åtgärd", "Avgift"], ["Carport, stor", "4000"], ['Plank "högt"; långt', "31400"])
    text = "\r\n".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    extract = read_bytes(text.encode(encoding), "a.csv")
    assert extract.text == 'Åtgärd | Avgift\nCarport, stor | 4 000\nPlank "högt"; långt | 31 400'


def test_a_comma_in_swedish_figures_divides_nothing() -> None:
    assert delimiter_of("Avgift;Moms\n1,5;0,5\n2,25;0,75\n") == ";"


def test_csv_says_its_delimiter_and_formulas_stay_text() -> None:
    extract = read_bytes(b"sep=|\nNamn|L\xe4nk\nAnna|=HYPERLINK(1)\n", "a.csv")
    assert extract.text == "Namn | Länk\nAnna | =HYPERLINK(1)"
    assert codes(extract) == {finding.FORMULA: 1}


def test_a_long_table_repeats_its_header_in_every_passage() -> None:
    rows = "\n".join(f"Åtgärd {number};{number * 7}" for number in range(5_000))
    extract = read_bytes(f"Benämning;Avgift i kr\n{rows}\n".encode(), "a.csv")
    assert [block.kind for block in extract.blocks] == [Kind.TABLE]
    found = list(pieces(extract, Size()))
    assert len(found) > 50
    assert all(piece.before == "Benämning | Avgift i kr" for piece in found[1:])
    assert extract.text[found[0].start : found[0].end].startswith("Benämning | Avgift i kr\n")


def test_a_table_of_no_end_is_refused() -> None:
    with pytest.raises(Unprocessable, match=r"document\.too_long"):
        read_bytes(b"a;b\n" + b"abcdefgh;ijklmnop\n" * 600_000, "a.csv")
