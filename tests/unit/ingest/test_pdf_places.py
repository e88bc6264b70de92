"""Each line of a PDF has its place on the page as it is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.ingest.read.document import Box, Extract, Kind, clean
from allmanning.ingest.read.plain.lines import joined, joined_spans
from allmanning.ingest.regions import regions
from tests.unit.ingest.files import Words, pdf, read_bytes

_LINE = st.text(st.sampled_from("abÅö1 -§."), max_size=8)


def read_pdf(data: bytes) -> Extract:
    return read_bytes(data, "fil.pdf", "application/pdf")


def box_at(extract: Extract, x: float, y: float) -> Box:
    """The one line at a place."""
    (found,) = [each for each in extract.boxes if each.left <= x <= each.right and each.top <= y <= each.bottom]
    return found


def said(extract: Extract, box: Box) -> str:
    return extract.text[box.start : box.end]


@given(st.lists(_LINE.map(clean), max_size=6))
def test_every_line_is_found_in_the_paragraph_it_was_joined_to(lines: list[str]) -> None:
    text, spans = joined_spans(lines)
    assert text == joined(lines)
    assert clean(text) == text
    assert len(spans) == len(lines)
    for line, (start, end) in zip(lines, spans, strict=True):
        # A hyphen that divided a word at the line's end has fallen away.
        assert text[start:end] in (line, line.removesuffix("-"))


def test_a_divided_word_belongs_to_both_its_lines() -> None:
    extract = read_pdf(pdf([Words(70, 700, "Avgift tas ut för hand-"), Words(70, 686, "läggning av ansökan.")]))
    assert extract.text == "Avgift tas ut för handläggning av ansökan."
    assert said(extract, box_at(extract, 80, 842 - 703)) == "Avgift tas ut för hand"
    assert said(extract, box_at(extract, 80, 842 - 689)) == "läggning av ansökan."


def test_each_row_of_a_table_has_its_place() -> None:
    cells = [("Tjänst", "Avgift"), ("Lån av gånghjälpmedel", "250 kronor"), ("Hemkörning", "175 kronor")]
    rows = [
        words
        for number, (left, right) in enumerate(cells)
        for words in (Words(70, 700 - 30 * number, left), Words(400, 700 - 30 * number, right))
    ]
    extract = read_pdf(pdf([Words(70, 780, "Taxa för hjälpmedel", 18), *rows, Words(70, 657, "som rollator")]))
    assert [block.kind for block in extract.blocks] == [Kind.HEADING, Kind.TABLE]
    row = box_at(extract, 200, 842 - 672)
    assert said(extract, row) == "Lån av gånghjälpmedel som rollator | 250 kronor"
    assert row.left == pytest.approx(70, abs=2)
    assert row.right == pytest.approx(455, abs=15)
    # The row's second line is part of it.
    assert row.top < 842 - 670 < 842 - 657 < row.bottom + 3


@pytest.mark.parametrize(
    ("keys", "x", "y"),
    [
        ("", 72, 139),
        ("/CropBox[20 30 575 800]", 52, 97),
        ("/MediaBox[-10 -20 595 842]", 82, 139),
        ("/CropBox[20 30 575 800]/Rotate 90", 673, 52),
        ("/Rotate 180", 523, 703),
        ("/CropBox[20 30 575 800]/Rotate 270", 97, 503),
        ("/CropBox[20 30 575 800]/Rotate -90", 97, 503),
    ],
)
def test_places_are_those_of_the_page_as_it_is_shown(keys: str, x: float, y: float) -> None:
    """The words begin at 70, 700 of the file's own coordinates; 72, 703 is inside their first letter."""
    extract = read_pdf(pdf([Words(70, 700, "Hemvärnet övar", 12), Words(70, 500, "Något helt annat", 12)], keys=keys))
    assert said(extract, box_at(extract, x, y)) == "Hemvärnet övar"


def test_text_that_runs_upwards_is_read_as_lines_and_keeps_its_place() -> None:
    upwards = "0 1 -1 0 500 0 cm"
    lines = [
        Words(100, 200 - 14 * number, f"Stående rad nummer {number} i tabellen", state=upwards) for number in range(4)
    ]
    extract = read_pdf(pdf(lines))
    assert extract.text == " ".join(f"Stående rad nummer {number} i tabellen" for number in range(4))
    # 101, 203 of the turned coordinates is 500 - 203, 101 of the page.
    assert said(extract, box_at(extract, 500 - 203, 842 - 102)) == "Stående rad nummer 0 i tabellen"


def test_a_passage_has_a_region_on_each_of_its_pages() -> None:
    extract = read_pdf(
        pdf(
            [Words(70, 700, "Beslutet gäller från och med den dag då nämnden")],
            [Words(70, 760, "har fattat det, om inget annat sägs.")],
        )
    )
    assert len(extract.blocks) == 1
    first, second = regions(extract.boxes, 0, len(extract.text))
    assert (first.page, second.page) == (1, 2)
    assert first.top == pytest.approx(842 - 709, abs=3)
    assert second.top == pytest.approx(842 - 769, abs=3)
