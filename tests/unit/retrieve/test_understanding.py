"""A question is read in its language, spelled as it should be, and worded as documents are."""

from __future__ import annotations

import pytest

from allmanning.contracts.retrieve.v1.retrieve_pb import Synonym, Understanding
from allmanning.index.lexicon.speller import speller
from allmanning.index.sparse import question_terms
from allmanning.retrieve.synonyms import OwnWords, own_words_of
from allmanning.retrieve.understanding import Understood, understood


def read(text: str, own: OwnWords | None = None) -> Understood:
    return understood(text, own or OwnWords(), speller())


def test_a_plain_question_stays_as_it_is() -> None:
    text = "Behöver jag bygglov för en altan?"
    assert read(text) == Understood(text, text, (), Understanding(language="sv"))


def test_everyday_words_are_worded_officially_and_told() -> None:
    question = read("Vad kostar dagis?")
    assert question.wording == "Vad kostar förskola?"
    assert question.words == "Vad kostar dagis?"
    assert question.told.expansions == [
        Understanding.Expansion(word="kostar", words=["avgift"]),
        Understanding.Expansion(word="dagis", words=["förskola"]),
    ]


def test_a_correction_is_searched_for_beside_what_was_written() -> None:
    question = read("annsökan om dagsi")
    assert question.wording.startswith("ansökan om")
    assert question.words.startswith("annsökan om dagsi ansökan")
    assert question.told.corrections[0] == Understanding.Correction(written="annsökan", meant="ansökan")


def test_a_word_that_only_lost_its_marks_is_searched_for_once() -> None:
    question = read("handlaggning av overklagan")
    assert question.words == question.wording == "handläggning av överklagan"


def test_a_misspelled_everyday_word_is_expanded_too() -> None:
    assert read("tider på bibblaan").wording == "tider på bibliotek"


def test_the_authoritys_own_words_come_first_and_are_named_by_their_hash() -> None:
    own = own_words_of([Synonym(word="dagis*", words=["småbarnsskola"])])
    question = read("dagis på bibblan", own)
    assert question.wording == "småbarnsskola på bibliotek"
    assert question.told.synonyms == own.version != ""


@pytest.mark.parametrize(
    ("text", "language", "kept", "dropped"),
    [
        ("What does boendeparkering cost per month 2026?", "en", ["boend", "cost", "2026"], []),
        ("Was kostet ein Stellplatz?", "de", ["kostet", "stellplatz"], []),
        ("Paljonko asukaspysäköinti maksaa vuonna 2026?", "fi", ["2026"], ["maksaa"]),
        ("ما هي تكلفة boendeparkering 2026؟", "ar", ["2026", "boend"], []),
    ],
)
def test_of_another_language_what_swedish_texts_may_share_is_searched_for(
    text: str, language: str, kept: list[str], dropped: list[str]
) -> None:
    question = read(text)
    terms = question_terms(question.words)
    assert question.told == Understanding(language=language)
    assert question.wording == text
    assert all(any(term.startswith(word) for term in terms) for word in kept)
    assert not any(term.startswith(word) for term in terms for word in dropped)


def test_an_identifier_is_searched_for_in_any_language() -> None:
    question = read("What was decided about KS 2024/123?")
    assert question.told.language == "en"
    assert "dnr ks 2024/123" in question_terms(question.words)
