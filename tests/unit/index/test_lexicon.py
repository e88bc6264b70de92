from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.index.analyse import word_terms
from allmanning.index.fold import folded
from allmanning.index.lexicon import folded_lexicon, lexicon


@pytest.mark.parametrize(
    ("word", "lemma"),
    [
        ("kommunens", "kommun"),
        ("bygglovet", "bygglov"),
        ("gick", "gå"),
        ("barnen", "barn"),
        ("ansökningar", "ansökning"),
    ],
)
def test_a_form_has_its_base_form(word: str, lemma: str) -> None:
    assert lexicon().lemma(word) == lemma


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("bygglovsansökan", ("bygglov", "ansökan")),
        ("förskoleavgift", ("förskole", "avgift")),
        ("hemtjänstavgiften", ("hem", "tjänst", "avgift")),
        ("parkeringstillstånd", ("parkering", "tillstånd")),
        ("äldreomsorgen", ("äldre", "omsorg")),
        ("tulllag", ("tull", "lag")),
    ],
)
def test_a_compound_is_taken_apart(compound: str, parts: tuple[str, ...]) -> None:
    assert lexicon().parts(compound) == parts


@pytest.mark.parametrize(
    "word", ["kommun", "förskola", "färdtjänst", "tillstånd", "handling", "medborgarskap", "xyzzyplugh"]
)
def test_a_word_that_is_no_compound_stays_whole(word: str) -> None:
    assert len(lexicon().parts(word)) == 1


def test_a_misspelled_word_is_not_known_and_a_new_compound_is() -> None:
    assert not lexicon().knows("infdrande")
    assert lexicon().knows("förskoleavgift")
    assert not lexicon().has("förskoleavgift")


def test_common_words_are_told_from_rare_and_unknown_ones() -> None:
    words = lexicon()
    assert words.frequency("kommun") > words.frequency("ledsagare") >= words.frequency("xyzzy") == 0


@pytest.mark.parametrize("word", ["förskoleavgift", "hemtjänst", "återvinningscentral", "särskilt", "ansökan"])
def test_a_word_that_lost_its_marks_gives_the_same_terms(word: str) -> None:
    assert word_terms(folded(word)) == word_terms(word)


@given(st.text(alphabet="abdefgiklmnoprstuvyåäö", min_size=1, max_size=24))
def test_the_parts_of_any_word_are_told_and_none_is_empty(word: str) -> None:
    for words, asked in ((lexicon(), word), (folded_lexicon(), folded(word))):
        parts = words.parts(asked)
        assert parts
        assert all(parts)


@pytest.mark.parametrize(("compound", "part"), [("bygglovsansökan", "bygglov"), ("hemtjänstavgift", "hemtjänst")])
def test_a_part_is_taken_apart_as_it_is_alone(compound: str, part: str) -> None:
    assert set(word_terms(part)) <= set(word_terms(compound))
