"""How long an answer without a model may be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from allmanning.generate.draft import DraftSentence
from allmanning.generate.extract.length import CHARS_PER_TOKEN, within


def sentences(*lengths: int) -> list[DraftSentence]:
    return [DraftSentence("x" * length, ()) for length in lengths]


def test_sentences_are_whole_or_left_out() -> None:
    said = sentences(40, 40, 40)

    assert within(said, 20) == said[:2]
    assert within(said, 19) == said[:1]
    assert within(said, 9) == []


def test_without_a_limit_everything_is_said() -> None:
    said = sentences(4000, 4000)

    assert within(said, 0) == said


@given(st.lists(st.integers(1, 300), max_size=6), st.integers(1, 200))
def test_what_is_said_is_a_beginning_and_fits(lengths: list[int], limit: int) -> None:
    said = sentences(*lengths)
    kept = within(said, limit)

    assert list(kept) == said[: len(kept)]
    assert sum(len(each.text) for each in kept) <= limit * CHARS_PER_TOKEN
