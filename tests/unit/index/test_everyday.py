"""Questions in everyday words find what authorities write in official ones."""

from __future__ import annotations

import pytest

from allmanning.index.analyse import terms
from allmanning.index.everyday import official, worded_officially
from allmanning.index.sparse import passage_vector, question_vector, term_id


@pytest.mark.parametrize(
    ("question", "wording"),
    [
        ("Vad kostar dagis?", "Vad kostar förskola?"),
        ("Har tippen öppet?", "Har återvinningscentral öppet?"),
        ("vad tar socbidraget", "vad tar ekonomiskt bistånd"),
        ("Vad kostar bygglov?", "Vad kostar bygglov?"),
    ],
)
def test_an_everyday_word_in_any_form_is_worded_officially(question: str, wording: str) -> None:
    assert worded_officially(question) == wording


def test_the_rest_of_a_compound_counts_too() -> None:
    assert list(official("Säga upp dagisplats")) == [("dagisplats", ["förskola", "plats"])]


def test_a_short_word_is_not_found_inside_others() -> None:
    assert list(official("societeten har sockel")) == []


def test_the_official_word_weighs_less_than_what_was_asked() -> None:
    [dagis], [preschool] = (list(terms(word)) for word in ("dagis", "förskola"))
    question = question_vector("dagis")
    weights = dict(zip(question.indices, question.values, strict=True))

    assert 0 < weights[term_id(preschool[0])] < weights[term_id(dagis[0])]


def test_passages_are_indexed_as_they_are_written() -> None:
    [preschool] = terms("förskola")
    assert term_id(preschool[0]) not in passage_vector("dagis").indices
