"""An answer on a page: what is in which language."""

from __future__ import annotations

from allmanning.contracts.generate.v1.generate_pb import Finished, Outcome, Reason
from allmanning.gateway.pages.citizen.telling import telling


def test_a_foreword_is_told_in_the_questions_language_and_the_rest_in_its_own() -> None:
    text = "The documents are in Swedish:\nÖppet 15–20. [1]\nLördag stängt. [2]"
    finished = Finished(
        text=text, foreword="The documents are in Swedish:", language="en", text_language="sv", outcome=Outcome.ANSWERED
    )

    told = telling("When?", finished, "").turn

    assert (told.foreword, told.asked_in) == ("The documents are in Swedish:", "en")
    assert (list(told.paragraphs), told.language) == (["Öppet 15–20. [1]", "Lördag stängt. [2]"], "sv")


def test_somebody_in_danger_gets_numbers_to_press_and_nobody_else_does() -> None:
    text = (
        "Är det akut, ring 112. Självmordslinjen svarar på 90101. Bris: 116 111. Kommunen: 08-465 004 00, 18 år, 9–15."
    )
    danger = Finished(text=text, outcome=Outcome.HANDED_OVER, reason=Reason.CRISIS)
    other = Finished(text=text, outcome=Outcome.HANDED_OVER, reason=Reason.WANTS_HUMAN)

    assert telling("?", danger, "").crisis
    assert list(telling("?", danger, "").numbers) == ["112", "90101", "116 111", "08-465 004 00"]
    assert list(telling("?", other, "").numbers) == []
