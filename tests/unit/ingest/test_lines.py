"""Lines become paragraphs, and headings are told from sentences."""

from __future__ import annotations

import pytest

from allmanning.ingest.read.document import Kind
from allmanning.ingest.read.plain.lines import is_heading, joined
from allmanning.ingest.read.plain.text import extract_of_text


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["infö-", "rande av"], "införande av"),
        (["risk-, effekt-", "och konsekvens-", "bedömning"], "risk-, effekt- och konsekvensbedömning"),
        (["Al-", "Gruppen"], "Al-Gruppen"),
        (["ett", "två"], "ett två"),
        (["2024-", "2025"], "2024- 2025"),
    ],
)
def test_divided_words_are_put_together(lines: list[str], expected: str) -> None:
    assert joined(lines) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Synpunkter", True),
        ("2 kap. Allmänna bestämmelser", True),
        ("§ 45 Budget 2026", True),
        ("Det här är en mening.", False),
        ("fortsättning på en rad", False),
        ("- punkt", False),
        ("3 § Den som bygger ska", False),
        ("2026-01-02", False),
        ("", False),
    ],
)
def test_headings(text: str, expected: bool) -> None:
    assert is_heading(text) is expected


def test_wrapped_text_with_headings_and_lists() -> None:
    text = (
        "Taxa för bygglov\n\nNämnden tar ut en avgift för prövning av ansökan om lov enligt\n"
        "denna taxa. Avgiften betalas i förskott.\n\nUndantag\nIngen avgift tas ut för\n- ramper\n- plank\n"
    )
    extract = extract_of_text(text)
    assert extract.title == "Taxa för bygglov"
    assert [(block.kind, block.text) for block in extract.blocks] == [
        (Kind.HEADING, "Taxa för bygglov"),
        (
            Kind.PARAGRAPH,
            "Nämnden tar ut en avgift för prövning av ansökan om lov enligt denna taxa. Avgiften betalas i förskott.",
        ),
        (Kind.HEADING, "Undantag"),
        (Kind.PARAGRAPH, "Ingen avgift tas ut för"),
        (Kind.LIST_ITEM, "- ramper"),
        (Kind.LIST_ITEM, "- plank"),
    ]


def test_blocks_point_at_their_text() -> None:
    extract = extract_of_text("Rubrik\n\nEtt stycke.\n\n- en\n- två\n")
    assert [extract.text[block.start : block.end] for block in extract.blocks] == [
        block.text for block in extract.blocks
    ]


def test_a_paragraph_without_end_is_divided_and_nothing_is_lost() -> None:
    extract = extract_of_text("och ett ord till\n" * 1200)
    assert len(extract.blocks) == 3
    assert extract.text.split() == ["och", "ett", "ord", "till"] * 1200
