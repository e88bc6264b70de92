"""Questions in everyday words find what authorities write in official ones."""

from __future__ import annotations

import pytest

from allmanning.index.analyse import terms
from allmanning.index.everyday import Rows, official, worded_officially
from allmanning.index.sparse import passage_vector, question_vector, term_id


@pytest.mark.parametrize(
    ("question", "wording"),
    [
        ("Vad kostar dagis?", "Vad kostar förskola?"),
        ("Har tippen öppet?", "Har återvinningscentral öppet?"),
        ("vad tar socbidraget", "vad tar ekonomiskt bistånd"),
        ("Vad kostar bygglov?", "Vad kostar bygglov?"),
        ("Har Kåken öppet?", "Har Kåken öppet?"),
        ("Har kåken öppet?", "Har hus öppet?"),
        ("Har Tippen Öppet?", "Har återvinningscentral Öppet?"),
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
    question = question_vector("dagis", list(official("dagis")))
    weights = dict(zip(question.indices, question.values, strict=True))

    assert 0 < weights[term_id(preschool[0])] < weights[term_id(dagis[0])]


def test_passages_are_indexed_as_they_are_written() -> None:
    [preschool] = terms("förskola")
    assert term_id(preschool[0]) not in passage_vector("dagis").indices


def test_an_authoritys_own_row_comes_before_the_shipped_one() -> None:
    own = Rows.of({"dagis*": ["småbarnsskola"], "kåken": ["rådhus"]})
    assert list(official("Dagis i kåken", own)) == [("Dagis", ["småbarnsskola"]), ("kåken", ["rådhus"])]
    assert list(official("dagisplatsen", own)) == [("dagisplatsen", ["småbarnsskola", "platsen"])]
    assert (
        worded_officially("Dagis vid kåken, nära tippen", own) == "småbarnsskola vid rådhus, nära återvinningscentral"
    )


def test_a_row_that_gives_the_word_itself_back_leaves_it_as_it_is() -> None:
    own = Rows.of({"tippen": ["tippen"]})
    assert list(official("tippen", own)) == []
    assert worded_officially("tippen och tippen", own) == "tippen och tippen"


def test_the_longest_first_part_of_a_word_counts() -> None:
    own = Rows.of({"sop*": ["skräp"], "sopbil*": ["renhållningsfordon"]})
    assert list(official("sopbilarna sopstation", own)) == [
        ("sopbilarna", ["renhållningsfordon"]),
        ("sopstation", ["skräp", "station"]),
    ]


def test_an_official_word_that_holds_the_everyday_one_is_put_in_once() -> None:
    own = Rows.of({"bidrag": ["kommunalt bidrag"]})
    assert worded_officially("bidrag och bidrag", own) == "kommunalt bidrag och kommunalt bidrag"


def test_what_a_thing_costs_is_searched_for_as_its_fee_but_food_is_not() -> None:
    assert list(official("Vad kostar en plats?")) == [("kostar", ["kostar", "avgift"])]
    assert worded_officially("Vad kostar en plats?") == "Vad kostar en plats?"
    assert list(official("Vilken kost får de? Vad kostade den?")) == []
    assert worded_officially("Vilken kost får de? Vad kostade den?") == "Vilken kost får de? Vad kostade den?"
