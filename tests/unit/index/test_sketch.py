from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage
from allmanning.index.store.sketch import alike, sketch

TEXT = ". ".join(f"Mening {letter} handlar om något som ingen annan mening handlar om" for letter in "abcdefghijklmnop")


def passage(text: str, heading: str = "Avgifter", title: str = "Taxa") -> Passage:
    return Passage(document=DocumentVersion(title=title), text=text, location=Location(headings=[heading]))


def test_a_mended_word_leaves_a_passage_nearly_the_same() -> None:
    assert alike(sketch(passage(TEXT)), sketch(passage(TEXT.replace("Mening c", "Meningen c"))))


def test_case_and_white_space_do_not_matter() -> None:
    assert sketch(passage(TEXT)) == sketch(passage(TEXT.upper().replace(" ", "\n ")))


def test_another_number_heading_or_title_makes_another_passage() -> None:
    before = sketch(passage(f"{TEXT} kostar 100 kronor"))
    assert not alike(before, sketch(passage(f"{TEXT} kostar 120 kronor")))
    assert not alike(before, sketch(passage(f"{TEXT} kostar 100 kronor", heading="Undantag")))
    assert not alike(before, sketch(passage(f"{TEXT} kostar 100 kronor", title="Taxa 2027")))


def test_other_words_make_another_passage() -> None:
    assert not alike(sketch(passage(TEXT)), sketch(passage(TEXT.replace("ingen", "varje").replace("något", "allt"))))


def test_a_passage_of_an_index_without_sketches_is_like_no_other() -> None:
    assert not alike([], [])


@given(st.text(max_size=300))
def test_every_text_has_a_sketch_and_is_like_itself(text: str) -> None:
    made = sketch(passage(text))
    assert alike(made, made)
    assert all(0 <= number < 2**32 for number in made)
