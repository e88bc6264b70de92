"""Word and Excel."""

from __future__ import annotations

import io

import docx
import openpyxl  # type: ignore[import-untyped]
import pytest

from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.media_type import DOCX, XLSX
from allmanning.runtime.errors import Unprocessable
from tests.unit.ingest.files import kind_of, locked, read_bytes


def office(name: str, data: bytes) -> Extract:
    return read_bytes(data, name)


def word() -> bytes:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Sidhuvud"
    document.add_heading("Delegationsordning", 1)
    document.add_paragraph("Nämnden delegerar följande:")
    document.add_paragraph("Bygglov", style="List Bullet")
    document.add_heading("Ärenden", 2)
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip([*table.rows[0].cells, *table.rows[1].cells], ["Nr", "Ärende", "1", "Lov"], strict=True):
        cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_word_headings_lists_and_tables() -> None:
    extract = office("ordning.docx", word())
    assert extract.title == "Delegationsordning"
    assert "Nämnden delegerar följande:\n\n- Bygglov" in extract.text
    assert "Nr | Ärende\n1 | Lov" in extract.text
    assert "Sidhuvud" not in extract.text
    assert [(block.level, block.text) for block in extract.blocks if block.level] == [
        (1, "Delegationsordning"),
        (2, "Ärenden"),
    ]


def test_excel_sheets_are_tables_under_their_names() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Taxa 2026"
    for row in (["Taxa för bygglov"], ["Åtgärd", "Avgift"], ["Carport", 4000], ["Plank", None]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    extract = office("taxa.xlsx", out.getvalue())
    assert extract.text == "Taxa 2026\n\nTaxa för bygglov\n\nÅtgärd | Avgift\nCarport | 4 000\nPlank"


def test_excel_tables_on_one_sheet_are_kept_apart_and_only_money_is_grouped() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows = (
        ["Åtgärd", "Enhet", "Avgift 2026"],
        ["Nytt småhus", "per lov", 31400],
        ["Karta och mätning"],
        ["Produkt", "Beslutad", "Pris"],
        ["Nybyggnadskarta", 2025, 6450],
        ["Utstakning", 2024, -1200],
    )
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)

    assert office("taxa.xlsx", out.getvalue()).text == (
        "Åtgärd | Enhet | Avgift 2026\nNytt småhus | per lov | 31 400\n\nKarta och mätning\n\n"
        "Produkt | Beslutad | Pris\nNybyggnadskarta | 2025 | 6 450\nUtstakning | 2024 | -1 200"
    )


@pytest.mark.parametrize(("name", "kind"), [("a.docx", DOCX), ("a.xlsx", XLSX)])
def test_locked_and_damaged_office_files(name: str, kind: str) -> None:
    encrypted = locked(word())
    assert kind_of(encrypted, name) == kind
    with pytest.raises(Unprocessable, match=r"document\.encrypted"):
        office(name, encrypted)
    with pytest.raises(Unprocessable, match=r"file\.unreadable"):
        office(name, word()[:2000])
