"""Phrases and excluded words are read out of a query; all else is plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.retrieve.query import Query, parsed, readable


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('"anmäla flytt" avgift', Query("anmäla flytt avgift", ("anmäla flytt",))),
        ("vad är ”ringa avvikelse”?", Query("vad är ringa avvikelse?", ("ringa avvikelse",))),
        (
            "»ringa avvikelse« och «nära gräns»",
            Query("ringa avvikelse och nära gräns", ("ringa avvikelse", "nära gräns")),
        ),
        ('("ringa avvikelse")', Query("(ringa avvikelse)", ("ringa avvikelse",))),
        ('" bygglov  altan "', Query("bygglov altan", ("bygglov  altan",))),
        ("bygglov -altan", Query("bygglov", (), ("altan",))),
        ("-altan bygglov -e-tjänst -altan", Query("bygglov", (), ("altan", "e-tjänst"))),
        ('bygglov -"ringa avvikelse"', Query("bygglov", (), ("ringa avvikelse",))),
        ('"bygglov för altan"', Query("bygglov för altan", ("bygglov för altan",))),
        ("-altan", Query("", (), ("altan",))),
    ],
)
def test_phrases_and_excluded_words_are_told_from_the_question(written: str, read: Query) -> None:
    assert parsed(written) == read


@pytest.mark.parametrize(
    "plain",
    [
        "Behöver jag bygglov för en altan?",
        '"bygglov för altan',
        'bygglov" för altan',
        'rör på 12" och 15" i diameter',
        '"bygg"lov',
        '""',
        '"..."',
        "KS 2024-123",
        "KS -2024",
        "2024-05-01",
        "08-123 456 78",
        "08 -123 456",
        "mark- och miljödomstolen",
        "mark -och miljödomstolen",
        "mark - och miljödomstolen",
        "altan – pool",
        "altan –pool",
        "e-tjänst",
        "-5 grader",
        "--",
        "'; DROP TABLE passages; --",
        "' OR 1=1 --comment",
        '{"query": "bygglov", "limit": 10}',
        '[{"$ne": null}]',
        "<script>alert(1)</script>",
        "متى تفتح المكتبة؟",
    ],
)
def test_everything_else_is_plain_text(plain: str) -> None:
    assert parsed(plain) == Query(plain)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" bygg\0lov\r\nför\taltan \x1b[31m", "bygg lov för altan [31m"),
        ("\u202emåd\u202c nalta\u200f", "måd nalta"),
        ("bygg\u00adlov\ud800", "bygglov"),
        ("a\u030altan", "ål tan".replace(" ", "")),
        ("کتاب\u200cخانه", "کتاب\u200cخانه"),
    ],
)
def test_what_nobody_can_see_is_no_part_of_a_query(written: str, read: str) -> None:
    assert readable(written) == read


WRITTEN = st.text(st.sampled_from('ab å-"”»«\u202e\0 019§.{['), max_size=60) | st.text(max_size=60)


@given(WRITTEN)
def test_any_text_can_be_read(written: str) -> None:
    text = readable(written)
    query = parsed(text)
    assert readable(text) == text
    assert all(phrase.strip() for phrase in (*query.phrases, *query.excluded))
    # What is ranked by holds every phrase, and adds nothing to what was written.
    assert all(" ".join(phrase.split()) in query.text for phrase in query.phrases)
    assert len(query.text) <= len(text)


@given(WRITTEN.filter(lambda text: not set(text) & set('"”“„»«') and " -" not in f" {readable(text)}"))
def test_a_text_without_quotes_and_leading_hyphens_is_its_own_question(written: str) -> None:
    assert parsed(readable(written)) == Query(readable(written))
