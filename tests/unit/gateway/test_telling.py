"""An answer on a page: what is in which language."""

from __future__ import annotations

from allmanning.contracts.generate.v1.generate_pb import Finished, Outcome
from allmanning.gateway.pages.citizen.telling import telling


def test_a_foreword_is_told_in_the_questions_language_and_the_rest_in_its_own() -> None:
    text = "The documents are in Swedish:\nÖppet 15–20. [1]\nLördag stängt. [2]"
    finished = Finished(
        text=text, foreword="The documents are in Swedish:", language="en", text_language="sv", outcome=Outcome.ANSWERED
    )

    told = telling("When?", finished, "").turn

    assert (told.foreword, told.asked_in) == ("The documents are in Swedish:", "en")
    assert (list(told.paragraphs), told.language) == (["Öppet 15–20. [1]", "Lördag stängt. [2]"], "sv")
