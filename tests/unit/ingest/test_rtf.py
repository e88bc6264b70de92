"""Rich Text Format."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from allmanning.ingest.read import finding
from allmanning.ingest.read.document import Extract, Kind
from allmanning.ingest.read.word.rtf_tokens import tokens
from tests.unit.ingest.files import read_bytes

HEAD = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial Cyr;}}"
    r"{\colortbl;\red255\green255\blue255;\red0\green0\blue0;}"
    r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2 Rubrik 2;}}{\info{\title Egen titel}{\author A}}"
)


def read(body: str) -> Extract:
    return read_bytes((HEAD + body + "}").encode("cp1252"), "a.rtf")


def test_headings_lists_tables_and_notes() -> None:
    extract = read(
        r"{\header Sidhuvud\par}\pard\s1 Delegation\par\pard\s2 Bygg\par"
        r"\pard N\'e4mnden{\super{\footnote Se lagen.}} beslutar:\par"
        r"{\listtext\'b7\tab}\pard altan\par{\listtext 2.\tab}plank\par"
        r"\trowd\cellx1\cellx2\pard\intbl Vad\cell Pris\cell\row\trowd"
        r"\pard\intbl Altan\cell 900\cell\row\pard Slut.\par"
    )
    assert [(block.kind, block.level, block.text) for block in extract.blocks] == [
        (Kind.HEADING, 1, "Delegation"),
        (Kind.HEADING, 2, "Bygg"),
        (Kind.PARAGRAPH, 0, "Nämnden beslutar:"),
        (Kind.FOOTNOTE, 0, "Se lagen."),
        (Kind.LIST_ITEM, 0, "- altan"),
        (Kind.LIST_ITEM, 0, "2. plank"),
        (Kind.TABLE, 0, "Vad | Pris\nAltan | 900"),
        (Kind.PARAGRAPH, 0, "Slut."),
    ]
    assert extract.title == "Delegation"


def test_hidden_text_and_comments_are_left_out_and_counted() -> None:
    extract = read(
        r"\pard Syns{\v dolt}{\cf1 vitt nu}{\fs2 liten}{\cf1\highlight2  markerat}"
        r"{\*\annotation Anm}{\deleted borta}.\par"
    )
    assert extract.text == "Syns markerat."
    assert {each.code: each.count for each in extract.findings} == {
        finding.HIDDEN_STYLE: 4,
        finding.HIDDEN_COLOUR: 7,
        finding.HIDDEN_SIZE: 5,
        finding.HIDDEN_COMMENT: 3,
    }
    assert extract.title == "Egen titel"


def test_letters_in_unicode_and_code_pages() -> None:
    assert read(r"\pard \u229?ngstr\u246\'f6m {\f1\'e4\'e0} {\uc2\u-10178ab\u-8781cd}\par").text == "ångström да 🦳"


def test_what_is_only_told_is_no_text() -> None:
    body = r"\pard {\*\nytt x}{\pict\bin3 {}}}{\field{\*\fldinst HYPERLINK x}{\fldrslt sidan}}\par"
    assert read(body).text == "sidan"


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("\\{}'*abcuv0123456789- \n;åé"), max_size=200))
def test_every_text_has_tokens_to_its_end(text: str) -> None:
    data = text.encode("cp1252")
    assert sum(token.kind == "open" for token in tokens(data)) <= data.count(b"{")
    letters = b"".join(token.data for token in tokens(b"\\par " + data.replace(b"\\", b"")))
    assert letters == data.replace(b"\\", b"").replace(b"{", b"").replace(b"}", b"").replace(b"\n", b"")
