"""Passages lose nothing, keep their place and stay together where they must."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from allmanning.ingest.passages import Piece, Size, pieces
from allmanning.ingest.read.document import Block, Extract, Kind, assemble

SMALL = Size(enough=60, most=140)

words = st.text(st.sampled_from("abcåäö.?!:,;§ 0123456789-"), min_size=1, max_size=300)
blocks = st.lists(
    st.one_of(
        st.builds(Block, st.just(Kind.HEADING), words, st.integers(1, 4)),
        st.builds(Block, st.sampled_from([Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.FOOTNOTE]), words),
        st.builds(Block, st.just(Kind.TABLE), st.lists(words, min_size=1, max_size=8).map("\n".join)),
    ),
    max_size=14,
)


@settings(max_examples=300, deadline=None)
@given(blocks)
def test_every_character_is_in_one_piece_or_in_a_heading_path(content: list[Block]) -> None:
    extract = assemble(content)
    found = list(pieces(extract, SMALL))
    assert [piece.start for piece in found] == sorted(piece.start for piece in found)
    at = 0
    for piece in found:
        assert at <= piece.start < piece.end <= len(extract.text)
        at = piece.end
    covered = {index for piece in found for index in range(piece.start, piece.end)}
    named = {heading for piece in found for heading in piece.headings}
    for block in extract.blocks:
        if block.kind is Kind.HEADING and block.text in named:
            continue
        missing = [
            index for index in range(block.start, block.end) if index not in covered and extract.text[index].strip()
        ]
        assert not missing, (block, extract.text[block.start : block.end])


def cut(*content: Block, size: Size = SMALL, title: str = "") -> tuple[Extract, list[Piece]]:
    extract = assemble(content, title=title)
    return extract, list(pieces(extract, size))


def texts(extract: Extract, found: list[Piece]) -> list[str]:
    return [extract.text[piece.start : piece.end] for piece in found]


def heading(text: str, level: int = 2) -> Block:
    return Block(Kind.HEADING, text, level)


def paragraph(text: str, page: int = 0) -> Block:
    return Block(Kind.PARAGRAPH, text, page=page)


def test_sections_keep_their_heading_path_without_the_title() -> None:
    _, found = cut(
        heading("Bygga", 1),
        heading("Avgifter", 2),
        paragraph("Lov kostar."),
        heading("Tider", 2),
        paragraph("Det tar tio veckor."),
        title="Bygga",
    )
    assert [piece.headings for piece in found] == [("Avgifter",), ("Tider",)]


def test_heading_without_text_is_a_passage_of_its_own_unless_it_names_the_next() -> None:
    extract, found = cut(heading("Sist", 3), heading("Kommunstyrelsen"), heading("Beslut"), paragraph("Bifall."))
    assert texts(extract, found) == ["Sist", "Bifall."]
    assert found[1].headings == ("Kommunstyrelsen", "Beslut")


def test_long_paragraphs_are_cut_between_sentences() -> None:
    sentence = "En mening om bygglov som är lagom lång. "
    extract, found = cut(paragraph(sentence * 8))
    assert len(found) > 2
    for text in texts(extract, found):
        assert text.endswith("lång.")
        assert len(text) <= SMALL.most


def test_table_repeats_its_header_and_points_at_its_rows() -> None:
    rows = [f"Rad nummer {number} | {number} kr" for number in range(20)]
    extract, found = cut(Block(Kind.TABLE, "\n".join(["Tjänst | Avgift", *rows])))
    assert len(found) > 2
    assert [piece.before for piece in found] == ["", *["Tjänst | Avgift"] * (len(found) - 1)]
    assert texts(extract, found)[1].startswith("Rad nummer")


def test_list_stays_with_what_leads_into_it() -> None:
    lead_in = "Ansökan ska innehålla:"
    items = [Block(Kind.LIST_ITEM, f"- handling nummer {number} med en beskrivning") for number in range(8)]
    extract, found = cut(
        paragraph("Fyll ut med text så att det blir långt före listan. " * 2), paragraph(lead_in), *items
    )
    assert len(found) > 2
    with_lead_in = [f"{piece.before} {extract.text[piece.start : piece.end]}" for piece in found[1:]]
    assert all(lead_in in text for text in with_lead_in)
    assert not texts(extract, found)[0].endswith(lead_in)


def test_statutes_have_one_section_a_passage_however_short() -> None:
    extract, found = cut(
        heading("1 kap. Inledning"),
        *(paragraph(f"{number} § Bestämmelse {number} gäller här.") for number in (1, 2, 3)),
    )
    assert texts(extract, found) == [f"{number} § Bestämmelse {number} gäller här." for number in (1, 2, 3)]
    assert {piece.headings for piece in found} == {("1 kap. Inledning",)}


def test_a_long_section_is_one_passage_until_the_embedder_cannot_take_it_in() -> None:
    sentence = "Denna bestämmelse gäller alltid och för alla. "
    body = [paragraph(f"{number} § {sentence * 12}") for number in (1, 2)]
    extract, found = cut(*body, paragraph("3 § " + sentence * 20), paragraph(sentence * 30), size=Size())
    assert [text[:3] for text in texts(extract, found)[:3]] == ["1 §", "2 §", "3 §"]
    assert len(texts(extract, found)[2]) > 900
    # What is left of the third says which section it is.
    assert [piece.before for piece in found] == ["", "", "", "3 §"]


def test_a_list_in_a_section_goes_on_with_its_lead_in_and_number() -> None:
    items = [Block(Kind.LIST_ITEM, f"{number}. villkor nummer {number} som är långt") for number in range(1, 12)]
    sections = [paragraph(f"{number} § Kort." + " Mer." * number) for number in (1, 2)]
    small = Size(enough=60, most=140, section=140)
    extract, found = cut(*sections, paragraph("3 § Lov får ges om"), *items, paragraph("Lag (2020:1)."), size=small)
    goes_on = [piece.before for piece in found if extract.text[piece.start].isdigit() and piece.before]
    assert goes_on
    assert set(goes_on) == {"3 § Lov får ges om"}


def test_a_line_above_a_section_stays_with_it() -> None:
    content = [
        block for number in (1, 2, 3) for block in (paragraph(f"Rubrik {number}"), paragraph(f"{number} § Text."))
    ]
    extract, found = cut(*content)
    assert texts(extract, found)[0] == "Rubrik 1\n\n1 § Text."


def test_page_is_the_one_where_the_passage_begins() -> None:
    _, found = cut(paragraph("Första sidan är ganska lång. " * 5, 1), paragraph("Andra sidan är också lång. " * 5, 2))
    assert [piece.page for piece in found if piece.page == 2]
    assert found[0].page == 1


def test_a_footnote_leads_nothing_in_and_does_not_part_a_list_from_its_lead_in() -> None:
    items = [Block(Kind.LIST_ITEM, f"- en ganska lång punkt med nummer {number} i en lista") for number in range(6)]
    note = Block(Kind.FOOTNOTE, "Se 9 kap. plan- och bygglagen, som gäller från och med den 1 december 2025.")
    extract, found = cut(paragraph("Du behöver lov för:"), note, *items)
    assert extract.text[found[0].start : found[0].end].startswith("Du behöver lov för:")
    assert {piece.before for piece in found[1:]} == {"Du behöver lov för:"}
    alone = cut(note, *items)[1]
    assert {piece.before for piece in alone} == {""}


def test_a_header_or_heading_too_long_to_repeat_stands_where_it_is_and_nowhere_else() -> None:
    header = " | ".join(f"Kolumn {number}" for number in range(100))
    rows = [f"{number} | ja" for number in range(200)]
    extract = assemble(
        [Block(Kind.HEADING, "Rubrik " * 100, 1), Block(Kind.TABLE, "\n".join([header, *rows]))], title="Tabell"
    )
    found = list(pieces(extract, SMALL))

    assert max(len(piece.before) + piece.end - piece.start for piece in found) <= SMALL.most
    assert all(piece.headings == () for piece in found)
    assert "".join(extract.text[piece.start : piece.end] for piece in found).count("Kolumn 99") == 1
