"""Pages that are near the question are shown, and what is about nothing here is told."""

from __future__ import annotations

import pytest

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Passage, ScoredPassage
from allmanning.generate.nearby import nearby, unrelated


def found(*documents: str, dense: float = 0.9, sparse: float = 12.0) -> list[ScoredPassage]:
    return [
        ScoredPassage(passage=Passage(id=f"p{n}", document=DocumentVersion(id=each)), dense=dense, sparse=sparse)
        for n, each in enumerate(documents)
    ]


def test_the_first_passage_of_each_of_three_documents_is_shown() -> None:
    assert [each.id for each in nearby(found("a", "a", "b", "a", "c", "d"), "sv")] == ["p0", "p2", "p4"]


@pytest.mark.parametrize(
    ("language", "dense", "sparse", "shown"),
    [
        ("sv", 0.85, 12.0, True),
        ("sv", 0.83, 12.0, False),
        # No rare word in common: "hur många ben har en spindel".
        ("sv", 0.85, 3.0, False),
        ("en", 0.81, 0.0, True),
        ("en", 0.79, 9.0, False),
        ("ar", 0.78, 0.0, True),
    ],
)
def test_only_what_is_near_is_shown(language: str, dense: float, sparse: float, *, shown: bool) -> None:
    assert bool(nearby(found("a", dense=dense, sparse=sparse), language)) is shown


@pytest.mark.parametrize(
    ("language", "dense", "outside"),
    [("sv", 0.81, True), ("sv", 0.83, False), ("en", 0.80, False), ("en", 0.77, True), ("ar", 0.7, False)],
)
def test_another_language_is_further_from_swedish_pages(language: str, dense: float, *, outside: bool) -> None:
    assert unrelated(found("a", dense=dense), language) is outside


def test_nothing_is_known_of_the_meaning_where_only_words_were_compared() -> None:
    assert not unrelated(found("a", dense=0.0), "sv")
    assert nearby(found("a", dense=0.0), "sv") == []
    assert nearby([], "ar") == []
