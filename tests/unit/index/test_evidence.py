from __future__ import annotations

import unicodedata

import pytest

from allmanning.index.sparse import question_terms
from allmanning.index.store.evidence import matches, sentence

TEXT = "Växeln har öppet till fem. Du söker bygglov i e-tjänsten. Avgiften är 4 200 kronor (dnr KS 2024/123)."


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("bygglovets avgifter", ["bygglov", "Avgiften"]),
        ("etjänst", ["e-tjänsten"]),
        ("Hur är det?", []),
        ("vaxeln", ["Växeln"]),
    ],
)
def test_the_words_that_met_are_shown_in_any_form(question: str, shown: list[str]) -> None:
    assert [TEXT[each.start : each.end] for each in matches(TEXT, question_terms(question))] == shown


def test_places_count_the_characters_of_the_text_as_it_is() -> None:
    text = unicodedata.normalize("NFD", TEXT)
    [met] = matches(text, question_terms("växel"))
    assert unicodedata.normalize("NFC", text[met.start : met.end]) == "Växeln"


def test_the_numbered_sentence_is_shown_and_without_a_number_the_one_with_most_words() -> None:
    met = matches(TEXT, question_terms("bygglov i e-tjänst mot avgift"))
    for number, expected in ((0, "Växeln har öppet till fem."), (-1, "Du söker bygglov i e-tjänsten.")):
        shown = sentence(TEXT, number, met)
        assert shown is not None
        assert TEXT[shown.start : shown.end] == expected
    assert sentence(TEXT, -1, []) is None
    assert sentence("", 3, []) is None
