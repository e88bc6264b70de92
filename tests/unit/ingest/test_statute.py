"""Statutes as text: parts, chapters and rubrics above their sections, and when the act is in force."""

from __future__ import annotations

import pytest

from allmanning.ingest.passages import Size, pieces
from allmanning.ingest.read.document import Extract, Kind
from allmanning.ingest.read.plain.statute import SECTION
from allmanning.ingest.read.plain.text import extract_of_text
from tests.unit.ingest.files import read_bytes

ACT = """Ängslag (2026:1)

Departement: Landsbygdsdepartementet

Utfärdad: 2025-11-01

Ikraft: 2026-03-01 överg.best.

AVD. A ALLMÄNT

1 kap. Ängar m.m.

Lagens tillämpning, innehåll m.m.

1 § I denna lag finns bestämmelser om ängar. Med äng avses
detsamma som i 2 kap. 2 § och i
3 § om avgiftens storlek.

2 § Lagen gäller inte
- betesmark, eller
- åker.

/Rubriken upphör att gälla U:2027-01-01/

Slåtter

3 § /Upphör att gälla U:2027-01-01/
Ängar ska slås.

3 § /Träder i kraft I:2027-01-01/
Ängar får slås. Lag (2026:9).

2 kap. Avgifter

1 a § Avgiften är
1. hundra kronor, eller
2. tusen kronor.

Övergångsbestämmelser

2026:9

1. Denna lag träder i kraft den 1 januari 2027.
"""


def headings(extract: Extract) -> list[tuple[int, str]]:
    return [(block.level, block.text) for block in extract.blocks if block.kind is Kind.HEADING]


def test_parts_chapters_and_rubrics_are_headings_and_sentences_are_not() -> None:
    extract = extract_of_text(ACT)
    assert extract.title == "Ängslag (2026:1)"
    assert headings(extract) == [
        (2, "AVD. A ALLMÄNT"),
        (4, "1 kap. Ängar m.m."),
        (5, "Lagens tillämpning, innehåll m.m."),
        (5, "/Rubriken upphör att gälla U:2027-01-01/ Slåtter"),
        (4, "2 kap. Avgifter"),
        (2, "Övergångsbestämmelser"),
        (3, "2026:9"),
    ]
    assert "detsamma som i 2 kap. 2 § och i 3 § om avgiftens storlek." in extract.text


def test_days_in_force_are_those_of_the_whole_act() -> None:
    assert extract_of_text(ACT).metadata == {"valid_from": "2026-03-01"}
    repealed = ACT.replace("Ikraft: 2026-03-01 överg.best.", "Ikraft: 2026-03-01\n\nUpphävd: 2027-07-01")
    assert extract_of_text(repealed).metadata == {"valid_from": "2026-03-01", "valid_to": "2027-06-30"}


def test_a_section_is_a_passage_under_its_chapter_and_rubric() -> None:
    extract = extract_of_text(ACT)
    found = {extract.text[piece.start : piece.end][:12]: piece.headings for piece in pieces(extract, Size())}
    assert found["1 § I denna "] == ("AVD. A ALLMÄNT", "1 kap. Ängar m.m.", "Lagens tillämpning, innehåll m.m.")
    assert found["3 § /Träder "][-1].endswith("Slåtter")
    assert found["1 a § Avgift"] == ("AVD. A ALLMÄNT", "2 kap. Avgifter")
    assert found["1. Denna lag"] == ("Övergångsbestämmelser", "2026:9")


def test_the_same_act_on_a_page_reads_the_same() -> None:
    markup = f"<html><head><title>Rättsdatabaser</title></head><body><div>Sök</div><div>{ACT}</div></body></html>"
    extract, plain = read_bytes(markup.encode(), "lag.html"), extract_of_text(ACT)
    assert extract.title == plain.title
    assert headings(extract) == headings(plain)
    assert extract.metadata == plain.metadata
    assert "Sök" not in extract.text


def test_the_riksdags_page_marks_sections_by_anchors() -> None:
    sections = "".join(
        f'<a class="paragraf" name="P{number}"><b>{number} §</b></a> Bestämmelse {number}.'
        f'<p><a name="P{number}S2"></a></p>Andra stycket i {number}.<br>'
        for number in (1, 2, 3)
    )
    extract = read_bytes(f"<html><body><h3>1 kap. Ängar</h3>{sections}</body></html>".encode(), "lag.html")
    found = [extract.text[piece.start : piece.end] for piece in pieces(extract, Size())]
    assert found == [f"{number} § Bestämmelse {number}.\n\nAndra stycket i {number}." for number in (1, 2, 3)]


def test_front_matter_of_the_statute_book_is_understood() -> None:
    text = (
        "---\nbeteckning: 1990:52\nrubrik: Lag om ängar\nikraft_datum: 1990-07-01\nupphor_datum: 2030-01-01\n---\n\n"
        "# Lag om ängar\n\n## 1 kap. Ängar\n\n### Slåtter\n\n#### 1 §\n\nÄngar ska slås.\n\n"
        "#### 2 §\n\nNej.\n\n#### 3 §\n\nJa.\n"
    )
    extract = read_bytes(text.encode(), "lag.md")
    assert extract.title == "Lag om ängar (1990:52)"
    assert extract.metadata["valid_from"] == "1990-07-01"
    assert extract.metadata["valid_to"] == "2029-12-31"
    found = list(pieces(extract, Size()))
    assert [piece.headings for piece in found] == [("1 kap. Ängar", "Slåtter", f"{number} §") for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("4 a § Den som", "4 a §"),
        ("12§ Lov", "12§"),
        ("1 § /Träder i kraft I:2027-01-01/ Lov", "1 §"),
        ("/Träder i kraft I:2027-01-01/ 1 § Lov", "1 §"),
        ("8 § har upphävts genom lag (2010:1).", "8 §"),
        ("3 §", "3 §"),
        ("3 § om avgiftens storlek.", ""),
        ("3 §§ och 4", ""),
        ("2026 § Nej", ""),
    ],
)
def test_what_begins_a_section(text: str, section: str) -> None:
    match = SECTION.match(text)
    assert (match[1] if match else "") == section


def test_an_act_whose_lines_are_one_has_the_title_it_was_printed_with() -> None:
    start = (
        "1 Svensk författningssamling Lag om stickprov Utfärdad den 3 maj 2026 Enligt riksdagens beslut föreskrivs. 1 §"
    )

    assert extract_of_text(f"{start} Stickprov tas.").title == "Lag om stickprov"
    assert extract_of_text("Nämnden läser Svensk författningssamling varje dag.").title == ""
