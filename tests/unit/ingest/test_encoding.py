"""Swedish text of every encoding that offices have used."""

from __future__ import annotations

import pytest

from allmanning.ingest.read.plain.encoding import decode

TEXT = "Årsredovisning för Älvsby:\nörlogsskepp, café – § 5 ”citat”"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_swedish_text_is_read(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "iso-8859-1"])
def test_old_encodings_keep_the_letters(encoding: str) -> None:
    text = "Ändring av översiktsplan för Åmål, är gällande"
    assert decode(text.encode(encoding)) == text


def test_line_ends_are_one_character() -> None:
    assert decode(b"a\r\nb\rc\n") == "a\nb\nc\n"


def test_one_bad_byte_does_not_spoil_the_rest() -> None:
    assert "Årsredovisning" in decode("Årsredovisning åäö åäö ".encode() * 20 + b"\xff")
