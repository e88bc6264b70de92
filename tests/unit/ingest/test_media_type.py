"""A file is what its bytes say, whatever its name."""

from __future__ import annotations

import contextlib
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmanning.ingest.read import media_type as kinds
from allmanning.runtime.errors import Unsupported
from tests.unit.ingest.files import kind_of

MAIL = b"Received: from x\r\nFrom: a@b.se\r\nSubject: Hej\r\nMIME-Version: 1.0\r\n\r\nHej\r\n"


def zipped(*names: str, mimetype: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"%PDF-1.7 x", "a.docx", kinds.PDF),
        (zipped("[Content_Types].xml", "word/document.xml"), "a.xlsx", kinds.DOCX),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "a.zip", kinds.XLSX),
        (zipped("[Content_Types].xml", "ppt/presentation.xml"), "a", kinds.PPTX),
        (zipped("content.xml", mimetype=kinds.ODT), "a.docx", kinds.ODT),
        (zipped("content.xml", mimetype=kinds.ODS + "-template"), "a.ots", kinds.ODS),
        (zipped("content.xml", mimetype=kinds.ODP), "a.odp", kinds.ODP),
        (zipped("OEBPS/a.xhtml", mimetype=kinds.EPUB), "a.zip", kinds.EPUB),
        (zipped("a.docx", "b.pdf"), "a.docx", kinds.ZIP),
        (b"{\\rtf1 hej}", "a.doc", kinds.RTF),
        (b"\x89PNG\r\n\x1a\n....", "a.jpg", kinds.PNG),
        (b"\xff\xd8\xff\xe0....", "a.png", kinds.JPEG),
        (b"II*\x00....", "a.pdf", kinds.TIFF),
        (MAIL, "a.txt", kinds.EML),
        (b"Subject: Hej\n\nHej", "a.eml", kinds.EML),
        (b"From: Anna\nDate: i dag\n\nEn utskrift", "a.txt", kinds.TEXT),
        (b"<!doctype html><p>Hej", "a.xls", kinds.HTML),
        (b"<?xml version='1.0'?><a>hej</a>", "a.docx", kinds.XML),
        (b"<a>hej</a>", "a.xml", kinds.XML),
        (b"<html><p>Hej", "a.md", kinds.MARKDOWN),
        (b"Namn\tAvgift\n", "a.xls", kinds.CSV),
        (b"Bara text", "a.pdf", kinds.TEXT),
        (b'{"a": 1}', "a.json", kinds.JSON),
        (b'{"a": 1}\n', "a.jsonl", kinds.JSONL),
        (b"a;b\n", "a.csv", kinds.CSV),
        (b"a\tb\n", "a.tsv", kinds.TSV),
        (b"Rubrik\n======\n", "a.rst", kinds.RST),
    ],
)
def test_the_content_decides_and_the_name_only_among_look_alikes(data: bytes, name: str, kind: str) -> None:
    assert kind_of(data, name) == kind


@pytest.mark.parametrize(("data", "name"), [(b"\x7fELF\x00\x01\x02", "a.docx"), (b"print()", "a.py")])
def test_what_nobody_reads_is_refused(data: bytes, name: str) -> None:
    with pytest.raises(Unsupported, match=r"file\.type_unknown"):
        kind_of(data, name)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(
        [b"", b"PK\x03\x04", b"PK\x05\x06", bytes.fromhex("d0cf11e0a1b11ae1"), b"%PDF-", b"{\\rtf", b"<?xml "]
    ),
    st.binary(max_size=2000),
    st.sampled_from(["a.docx", "a.doc", "a.msg", "a.zip", "a.csv", "a.exe"]),
)
def test_any_bytes_have_a_kind_or_are_refused(magic: bytes, rest: bytes, name: str) -> None:
    with contextlib.suppress(Unsupported):
        assert "/" in kind_of(magic + rest, name)
