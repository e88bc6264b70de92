"""A document's text is read as headings, paragraphs, lists and tables, and what is cited is marked to the letter."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.gateway.pages.document_text import Block, Piece, blocks


def read(text: str, start: int = 0, end: int = 0) -> list[Block]:
    return list(blocks(text, start, end, range(len(text))))


def pieces(found: list[Block]) -> list[Piece]:
    return [piece for block in found for row in block.rows for cell in row for piece in cell]


def marked(text: str, start: int, end: int) -> list[str]:
    return [piece.text for piece in pieces(read(text, start, end)) if piece.cited]


@pytest.mark.parametrize(
    "text", ["Ett. Två. Tre.", "🎈 Ett.\n\nTvå.\nTre.", "Två.", "- Ett.\n- Två.", "Ett | Två.\nTre | Fyra"]
)
def test_the_cited_span_counts_code_points(text):
    start = text.index("Två.")
    assert marked(text, start, start + 4) == ["Två."]


def test_a_span_over_paragraphs_is_marked_in_each_and_begins_once():
    text = "Första stycket.\n\nAndra stycket."
    found = pieces(read(text, 7, 22))
    assert [piece.text for piece in found if piece.cited] == ["stycket.", "Andra"]
    assert [piece.first for piece in found if piece.cited] == [True, False]
    assert "".join(piece.text for piece in found) == text.replace("\n\n", "")


def test_a_span_outside_the_text_marks_nothing():
    assert marked("Kort.", 100, 200) == []


def test_a_row_of_a_table_is_marked_in_its_cells_under_the_names_of_its_columns():
    text = "Taxa\n\nKärl | Tömning | Kronor\nRestavfall | Varje vecka | 5 280\nGrundavgift | – \n"
    start = text.index("Restavfall")
    heading, table = read(text, start, text.index("\nGrund"))
    assert (heading.kind, heading.text, table.kind, table.headed, table.width) == ("heading", "Taxa", "table", True, 3)
    cells = [["".join(piece.text for piece in cell) for cell in row] for row in table.rows]
    assert cells[:2] == [["Kärl", "Tömning", "Kronor"], ["Restavfall", "Varje vecka", "5 280"]]
    assert [piece.text for piece in pieces([table]) if piece.cited] == ["Restavfall", "Varje vecka", "5 280"]


def test_a_table_whose_first_row_has_figures_or_fewer_cells_has_no_names_of_columns():
    assert [each.headed for each in read("2024 | 3\n2025 | 4")] == [False]
    assert [each.headed for each in read("Avgift | 3\n2025 | 4 | 5")] == [False]


def test_lists_keep_their_numbers_and_short_lines_of_their_own_above_text_are_headings():
    text = "Så ansöker du\n\n3. Fyll i blanketten.\n4. Vänta.\n\nTänk på\n\n- Tid.\n- Pengar.\n\nHej då."
    found = read(text)
    assert [each.kind for each in found] == ["heading", "numbers", "heading", "bullets", "paragraph"]
    assert list(found[1].numbers) == [3, 4]
    assert found[3].text == "Tid.Pengar."
    # A line of an address is no heading, and neither is the last line.
    assert {each.kind for each in read("Storgatan 12\n199 90 Exempelby\n\nVi svarar gärna på frågor.\n\nHej")} == {
        "paragraph"
    }


_LETTERS = st.text(alphabet="ab1.| -\n\u00e5🎈", max_size=120)


@given(_LETTERS, st.integers(0, 130), st.integers(0, 130))
def test_no_word_is_lost_or_moved_and_just_what_is_cited_is_marked(text, start, end):
    found = pieces(read(text, start, end))
    kept = re.compile(r"[^ab1å🎈]")
    letters = [kept.sub("", piece.text) for piece in found]
    numbers = re.compile(r"^\s*(?:[-–•*]|\d{1,3}[.)])\s+(?=\S)", re.MULTILINE)
    # The number of a list's item is shown by the list.
    assert "".join(letters) == kept.sub("", numbers.sub("", text)) or "".join(letters) == kept.sub("", text)
    cited = "".join(kept.sub("", piece.text) for piece in found if piece.cited)
    assert cited in kept.sub("", text[start:end]) if start < end else cited == ""
    assert sum(piece.first for piece in found) == any(piece.cited for piece in found)
