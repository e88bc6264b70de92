"""The structure of a PDF: titles and levels, footnotes, notes in the margin, contents, lists, tables over pages."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader, PdfWriter

from allmanning.ingest.read.document import Block, Extract, Kind
from allmanning.runtime.errors import Unprocessable
from tests.unit.ingest.files import Words, pdf, read_bytes


def read_pdf(data: bytes) -> Extract:
    return read_bytes(data, "fil.pdf", "application/pdf")


def body(*lines: str, x: int = 70, y: int = 700, size: float = 11) -> list[Words]:
    return [Words(x, y - 14 * number, line, size) for number, line in enumerate(lines)]


def of_kind(extract: Extract, kind: Kind) -> list[Block]:
    return [block for block in extract.blocks if block.kind is kind]


RUNNING = ["Den som söker bidrag ska lämna en ansökan till nämnden senast den sista", "mars varje år."]


def test_a_statutes_title_is_told_from_its_series_and_from_the_notes_beside_it() -> None:
    page = [
        Words(70, 780, "Exempelbyns författningssamling", 20),
        Words(70, 740, "Exempelbyns föreskrifter om bidrag till", 14),
        Words(450, 740, "EXFS 2026:4", 12),
        Words(70, 724, "samlingslokaler;", 14),
        Words(450, 726, "Utkom från trycket", 8),
        Words(450, 716, "den 3 mars 2026", 8),
        *body("beslutade den 1 mars 2026.", *RUNNING, y=690),
    ]
    extract = read_pdf(pdf(page))
    assert extract.title == "Exempelbyns föreskrifter om bidrag till samlingslokaler"
    assert [block.text for block in of_kind(extract, Kind.HEADING)] == [extract.title]
    assert "EXFS 2026:4" in extract.text
    assert "Utkom från trycket den 3 mars 2026" in extract.text


def test_a_footnote_stands_after_the_paragraph_that_goes_on_over_the_page() -> None:
    first = [
        *body(*RUNNING, y=300),
        *body("Nämnden prövar om lokalen är öppen för alla, enligt de grunder som", y=250),
        Words(70, 80, "1", 5),
        Words(74, 78, "Jfr prop. 2025/26:12.", 8),
        Words(70, 68, "2 Senast ändrad 2024.", 8),
    ]
    second = body("fullmäktige har beslutat.", y=760)
    extract = read_pdf(pdf(first, second))
    assert [(block.kind, block.text) for block in extract.blocks][1:] == [
        (
            Kind.PARAGRAPH,
            "Nämnden prövar om lokalen är öppen för alla, enligt de grunder som fullmäktige har beslutat.",
        ),
        (Kind.FOOTNOTE, "1 Jfr prop. 2025/26:12."),
        (Kind.FOOTNOTE, "2 Senast ändrad 2024."),
    ]


def test_the_mark_of_a_footnote_is_no_part_of_the_word_before_it_but_that_of_a_unit_is() -> None:
    marked = [Words(70, 700, "Boverket föreskriver"), Words(172, 704, "1", 6), Words(177, 700, "följande om 40 m")]
    extract = read_pdf(pdf([*marked, Words(258, 704, "2", 6), Words(263, 700, "golvyta.")]))
    assert extract.text == "Boverket föreskriver 1 följande om 40 m2 golvyta."


def test_a_table_of_contents_is_left_out_over_pages() -> None:
    entries = [f"{number} Rubrik nummer {number} {'.' * 40} {number + 2}" for number in range(1, 9)]
    entries.insert(5, "En rubrik som är så lång att den inte får plats på en")
    contents = [Words(70, 740, "Innehåll", 16), *body(*entries[:5])]
    more = body(*entries[5:], y=760)
    text = [Words(70, 740, "1 Rubrik nummer 1", 16), *body(*RUNNING)]
    extract = read_pdf(pdf(contents, more, text))
    assert [block.text for block in extract.blocks] == ["1 Rubrik nummer 1", " ".join(RUNNING)]


def test_a_table_goes_on_over_the_page_without_its_header() -> None:
    def rows(cells: list[tuple[str, str]]) -> list[Words]:
        return [
            words
            for number, (left, right) in enumerate(cells)
            # Amounts stand to the right.
            for words in (Words(70, 700 - 20 * number, left), Words(450 - 6 * len(right), 700 - 20 * number, right))
        ]

    header = ("Tjänst", "Avgift")
    extract = read_pdf(
        pdf(
            rows([header, ("Bygglov för altan", "4 500"), ("Rivningslov", "950")]),
            rows([header, ("Marklov", "12 300")]),
        )
    )
    (table,) = of_kind(extract, Kind.TABLE)
    assert table.text.split("\n") == [
        "Tjänst | Avgift",
        "Bygglov för altan | 4 500",
        "Rivningslov | 950",
        "Marklov | 12 300",
    ]
    assert [box.page for box in extract.boxes] == [1, 1, 1, 2]


def test_rows_are_told_by_the_space_between_them_where_both_cells_take_several_lines() -> None:
    cells = [
        (
            ["Familjegrupp", "lodjur, EXFS 1"],
            ["Spår av lodjurshona med ungar som doku-", "menterats i länet", "under året."],
        ),
        (["Revir"], ["Område som djuren", "håller till i."]),
        (["Sameby", "EXFS 2"], ["Ekonomisk och", "administrativ sammanslutning."]),
    ]
    drawn: list[Words] = []
    y = 700
    for left, right in cells:
        drawn += [Words(70, y - 13 * at, line) for at, line in enumerate(left)]
        drawn += [Words(250, y - 13 * at, line) for at, line in enumerate(right)]
        y -= 13 * max(len(left), len(right)) + 9
    (table,) = of_kind(read_pdf(pdf(drawn)), Kind.TABLE)
    assert table.text.split("\n") == [
        "Familjegrupp lodjur, EXFS 1 | Spår av lodjurshona med ungar som dokumenterats i länet under året.",
        "Revir | Område som djuren håller till i.",
        "Sameby EXFS 2 | Ekonomisk och administrativ sammanslutning.",
    ]


def test_a_paragraph_that_goes_on_with_a_section_sign_is_not_divided_but_a_section_begins_anew() -> None:
    lines = [
        "1 § Ansökan ska innehålla det som krävs enligt 3 kap.",
        "10 § plan- och byggförordningen.",
        "2 § Nämnden prövar ansökan.",
    ]
    extract = read_pdf(pdf(body(*lines)))
    assert [block.text for block in extract.blocks] == [f"{lines[0]} {lines[1]}", lines[2]]


def test_numbers_and_chapters_say_which_heading_is_under_which() -> None:
    page = [
        *(
            Words(70, y, text, bold=True)
            for y, text in ((740, "1 kap. Inledning"), (690, "Syfte"), (590, "2 kap. Bidrag"))
        ),
        *body(*RUNNING, y=670),
        *body(*RUNNING, *RUNNING, y=570),
    ]
    numbered = [
        *(Words(70, y, text, bold=True) for y, text in ((740, "1 Syfte"), (690, "1.1 Mål"), (590, "2 Bidrag"))),
        *body(*RUNNING, y=670),
        *body(*RUNNING, *RUNNING, y=570),
    ]
    for drawn in (page, numbered):
        levels = [block.level for block in of_kind(read_pdf(pdf(drawn)), Kind.HEADING)]
        assert levels[1] == levels[0] + 1
        assert levels[2] == levels[0]


def test_bookmarks_tell_headings_that_look_like_running_text() -> None:
    page = [
        *body("Ansökan", y=740),
        *body(*RUNNING, y=700),
        *body("Handlingar", y=640),
        *body(*RUNNING, y=600),
        *body("Beslut", y=540),
        *body(*RUNNING, y=500),
    ]
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(page))))
    first = writer.add_outline_item("Ansökan", 0)
    writer.add_outline_item("Handlingar", 0, parent=first)
    writer.add_outline_item("Beslut", 0)
    out = io.BytesIO()
    writer.write(out)
    headings = of_kind(read_pdf(out.getvalue()), Kind.HEADING)
    assert [(block.text, block.level) for block in headings] == [("Ansökan", 1), ("Handlingar", 2), ("Beslut", 1)]


def test_three_columns_are_read_one_after_the_other() -> None:
    columns = [[f"Spalt {name} rad {number} med ännu några ord" for number in range(8)] for name in "ABC"]
    drawn = [
        Words(50 + 175 * at, 700 - 14 * number, line, 9)
        for at, lines in enumerate(columns)
        for number, line in enumerate(lines)
    ]
    text = read_pdf(pdf(sorted(drawn, key=lambda words: -words.y))).text
    assert text.index("A rad 7") < text.index("B rad 0") < text.index("B rad 7") < text.index("C rad 0")


def test_a_bullet_of_a_symbol_font_makes_a_list() -> None:
    data = pdf(body("Handlingar:", y=740) + body("# en karta,", "# en ritning.", x=90))
    extract = read_pdf(data.replace(b"(# ", b"(\x95 "))
    assert [block.text for block in of_kind(extract, Kind.LIST_ITEM)] == ["• en karta,", "• en ritning."]


def test_more_pages_than_can_be_read_are_refused_with_the_figure() -> None:
    with pytest.raises(Unprocessable, match=r"document\.too_long.*5001"):
        read_pdf(pdf(*[[] for _ in range(5001)]))
