"""Office files are read where nothing but the file itself can be reached."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import openpyxl  # type: ignore[import-untyped]
import pytest
from pptx import Presentation

from allmanning.ingest.read import media_type
from allmanning.ingest.sandbox.ending import Limits
from allmanning.ingest.sandbox.parse_pool import ParsePool
from tests.integration.ingest.reading import original
from tests.unit.ingest.ole import Run, Sheet, box, doc, ppt, xls


def word() -> bytes:
    document = docx.Document()
    document.add_paragraph("Altan")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Altan"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def slides() -> bytes:
    show = Presentation()
    show.slides.add_slide(show.slide_layouts[5]).shapes.title.text = "Altan"
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


FILES = {
    media_type.DOCX: word(),
    media_type.XLSX: workbook(),
    media_type.PPTX: slides(),
    media_type.DOC: doc([([Run("Altan\r")], 0, b"")]),
    media_type.XLS: xls(Sheet("Blad1", [["Altan"]])),
    media_type.PPT: ppt([(box(4, "Altan"), False)]),
    media_type.RTF: b"{\\rtf1\\ansi{\\fonttbl{\\f1\\fcharset204 A;}}\\f1 \\'c0 Altan\\par}",
    media_type.CSV: "Altan;Å\n".encode("mac_roman"),
    media_type.JSON: b'{"titel": "Altan"}',
    media_type.XML: b"<a>Altan</a>",
    media_type.RST: b"Altan",
}


@pytest.mark.parametrize("kind", FILES)
async def test_every_format_is_read_in_confinement(kind: str, tmp_path: Path) -> None:
    pool = ParsePool(1, limits=Limits(wall_s=20, cpu_s=20, memory_mb=1024))
    try:
        assert "Altan" in (await pool.read(original(tmp_path, FILES[kind], kind))).text
    finally:
        await pool.close()
