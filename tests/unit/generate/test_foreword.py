"""Who asks in another language than the documents' is told so in his own."""

from __future__ import annotations

import pytest

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Passage
from allmanning.generate.foreword import foreword

SWEDISH = Passage(document=DocumentVersion(language="sv"))
ENGLISH = Passage(document=DocumentVersion(language="en"))


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Swedish"), ("fi", "ruotsiksi"), ("ar", "السويدية"), ("he", "Swedish")]
)
def test_it_is_told_in_the_questions_language_or_in_english(language: str, word: str) -> None:
    told = foreword("Öppet 15–20.", SWEDISH, language)

    assert told is not None
    assert word in told.text
    assert told.quoted_in == "sv"


def test_a_swedish_question_answered_in_english_is_told_in_swedish() -> None:
    told = foreword("The library is open.", ENGLISH, "sv")

    assert told is not None
    assert told.notice == "other_language"
    assert "annat språk" in told.text


@pytest.mark.parametrize("language", ["sv", "no", "da"])
def test_scandinavians_read_swedish(language: str) -> None:
    assert foreword("Öppet 15–20.", SWEDISH, language) is None


def test_a_document_of_unknown_language_is_read() -> None:
    assert foreword("You do not need a permit for that.", Passage(document=DocumentVersion()), "en") is None
