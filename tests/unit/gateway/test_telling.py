"""An answer on a page: what is in which language."""

from __future__ import annotations

from allmanning.contracts.generate.v1.generate_pb import Finished, Outcome, Reason
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage
from allmanning.gateway.api.completion import completion
from allmanning.gateway.api.grounds import Teller
from allmanning.gateway.mcp.tools import answer_text, answered
from allmanning.gateway.pages.citizen.conversation import Turn
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


def test_pages_where_it_may_stand_are_told_as_places_and_not_as_sources() -> None:
    place = Location(headings=["Avgifter"], start=10, end=20)
    page = Passage(
        id="p1", document=DocumentVersion(id="d1", version="v1", title="Tippen"), text="Besök 1–18", location=place
    )
    finished = Finished(text="Vi hittar inget.", outcome=Outcome.ABSTAINED, reason=Reason.NOT_IN_SOURCES, nearby=[page])

    carried = Turn.model_validate_json(telling("?", finished, "").turn.field)
    grounds = Teller("a", "sv", "https://x.example").grounds(finished)
    told = answer_text(answered(completion(finished, finished.text, 0, grounds)))

    assert carried.sources == ()
    assert [(each.title, each.heading) for each in carried.nearby] == [("Tippen", "Avgifter")]
    assert carried.nearby[0].view.startswith("/documents/d1?start=10&end=20")
    assert grounds["citations"] == []
    assert grounds["nearby"][0]["link"] == f"https://x.example{carried.nearby[0].view}"
    assert "Inget svar, men det kan stå här:\n- Tippen, Avgifter https://x.example/documents/d1" in told
