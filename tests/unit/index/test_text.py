from __future__ import annotations

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage
from allmanning.index.text import indexed_text, twin_key


def passage(text: str, title: str = "", headings: list[str] | None = None) -> Passage:
    return Passage(text=text, document=DocumentVersion(title=title), location=Location(headings=headings or []))


def test_a_passage_is_indexed_with_its_title_and_headings() -> None:
    assert indexed_text(passage(" Ja. ", "Altan", ["Bygglov", "Behövs det?"])) == "Altan\nBygglov › Behövs det?\nJa."


def test_what_is_missing_leaves_no_trace() -> None:
    assert indexed_text(passage("Ja.", "Altan", ["Altan", " "])) == "Altan\nJa."
    assert indexed_text(Passage(text="Ja.")) == "Ja."


def test_the_same_words_under_another_title_or_heading_are_another_answer() -> None:
    assert twin_key(passage("Ja.", "Altan")) != twin_key(passage("Ja.", "Plank"))
    assert twin_key(passage("Ja.", "Altan", ["Behövs det?"])) != twin_key(passage("Ja.", "Altan", ["Avgift"]))


def test_copies_are_twins_whatever_their_case_and_white_space() -> None:
    assert twin_key(passage("Ja,  det\nbehövs.", "Altan")) == twin_key(passage("JA, det behövs.", " Altan"))


def test_a_passage_without_title_has_no_twin() -> None:
    one, other = passage("Ja."), passage("Ja.")
    one.id, other.id = "1", "2"
    assert twin_key(one) != twin_key(other)
