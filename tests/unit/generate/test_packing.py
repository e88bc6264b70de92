"""A model reads whole passages, the best first, and no more than it has room for; what was left out is told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage, ScoredPassage
from allmanning.generate.packing import packed


def found(*texts: str) -> list[ScoredPassage]:
    document = DocumentVersion(id="d", title="Avgifter")
    return [
        ScoredPassage(
            passage=Passage(id=f"p{n}", document=document, text=text, location=Location(headings=["Taxa"])), score=1.0
        )
        for n, text in enumerate(texts, 1)
    ]


TEXTS = st.lists(st.text("abc åäö.\n", min_size=1, max_size=400), max_size=12)


@given(TEXTS, st.integers(-50, 3000))
def test_what_is_shown_has_room_and_everything_else_is_told_of(texts, room):
    chosen = packed(found(*texts), room)

    assert sum(len(each.text) + len(each.heading) for each in chosen.shown) <= max(0, room)
    numbers = [each.number for each in chosen.shown]
    assert numbers == sorted(numbers)
    assert {f"p{number}" for number in numbers} | set(chosen.left_out) == {f"p{n}" for n in range(1, len(texts) + 1)}
    for each in chosen.shown:
        whole = texts[each.number - 1]
        assert each.text == whole or (
            chosen.cut == f"p{each.number}" and each.number == 1 and whole.startswith(each.text)
        )


def test_a_shorter_passage_takes_the_room_that_a_longer_one_did_not_have():
    chosen = packed(found("A" * 100, "B" * 900, "C" * 100), 600)

    assert [each.number for each in chosen.shown] == [1, 3]
    assert chosen.left_out == ["p2"]


def test_the_best_passage_is_cut_after_a_whole_sentence_when_nothing_else_is_possible():
    text = "Avgiften är 900 kronor. " + "Den betalas i förskott till kommunen. " * 20

    chosen = packed(found(text, "Kort."), 200)

    assert chosen.cut == "p1"
    assert chosen.shown[0].text.startswith("Avgiften är 900 kronor.")
    assert chosen.shown[0].text.endswith("till kommunen.")
    assert chosen.left_out == ["p2"]


def test_the_place_of_a_passage_is_its_title_and_headings():
    assert packed(found("Text."), 1000).shown[0].heading == "Avgifter › Taxa"
