"""The figures of ranked retrieval, against values worked out by hand."""

from __future__ import annotations

import math

import pytest

from allmanning.node.evaluate.figures import figures_of


def test_one_question_with_graded_entries() -> None:
    figures = figures_of({"q": ["x", "b", "a", "y"]}, {"q": {"a": 2, "b": 1, "c": 1}}, seconds=0.5)
    gain = 1 / math.log2(3) + 2 / math.log2(4)
    ideal = 2 + 1 / math.log2(3) + 1 / math.log2(4)
    assert figures.as_dict() == {
        "queries": 1,
        "hit@1": 0.0,
        "hit@5": 1.0,
        "recall@10": pytest.approx(2 / 3, abs=1e-4),
        "mrr@10": 0.5,
        "ndcg@10": pytest.approx(gain / ideal, abs=1e-4),
        "ms_per_query": 500.0,
    }


def test_what_is_found_beyond_the_tenth_place_does_not_count() -> None:
    ranking = [f"x{number}" for number in range(10)] + ["a"]
    figures = figures_of({"q": ranking}, {"q": {"a": 1}}, seconds=1)
    assert (figures.hit_5, figures.recall_10, figures.mrr_10, figures.ndcg_10) == (0, 0, 0, 0)


def test_a_perfect_ranking_of_more_relevant_entries_than_places_has_full_gain() -> None:
    grades = {f"a{number}": 1 for number in range(20)}
    figures = figures_of({"q": list(grades)}, {"q": grades}, seconds=1)
    assert figures.ndcg_10 == pytest.approx(1)
    assert figures.recall_10 == 0.5


def test_questions_count_alike() -> None:
    figures = figures_of({"p": ["a"], "q": []}, {"p": {"a": 1}, "q": {"a": 1}}, seconds=1)
    assert (figures.hit_1, figures.ndcg_10, figures.ms_per_query) == (0.5, 0.5, 500)
