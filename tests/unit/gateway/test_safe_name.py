"""File names that clients make up."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.gateway.upload import safe_name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Beslut om altan.pdf", "Beslut om altan.pdf"),
        ("rad\nrad.pdf", "radrad.pdf"),
        ("faktura\u202efdp.exe", "fakturafdp.exe"),
        ("a\x00\x1b[31m.txt", "a[31m.txt"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("...", "dokument"),
        ("..", "dokument"),
        ("", "dokument"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\hemligt.docx", "hemligt.docx"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("lpt1.tar.gz", "_lpt1.tar.gz"),
        ("konsult.txt", "konsult.txt"),
        ("a\u030a.txt", "\u00e5.txt"),
    ],
)
def test_a_name_stays_recognisable(name: str, kept: str) -> None:
    assert safe_name(name) == kept


@given(st.text())
def test_any_name_can_be_saved(name: str) -> None:
    kept = safe_name(name)
    assert 1 <= len(kept) <= 201
    assert "/" not in kept
    assert "\\" not in kept
    assert kept.strip(" .") == kept
    assert not any(unicodedata.category(each).startswith("C") for each in kept)
