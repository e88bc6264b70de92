from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.index.fusion import WORDS, attainable, fuse, undecided, unfound_score

scores = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 1, allow_nan=False), max_size=8)


def test_words_count_by_the_share_of_the_question_that_they_cover() -> None:
    [first, second] = fuse({"near": 0.82, "worded": 0.80}, {"worded": 6.0, "near": 1.0}, most=10.0)
    assert (first.point, second.point) == ("worded", "near")
    assert first.score == pytest.approx(0.80 + WORDS * 0.6)
    assert second.score == pytest.approx(0.82 + WORDS * 0.1)


def test_words_that_cover_little_leave_the_order_to_the_meaning() -> None:
    order = [each.point for each in fuse({"near": 0.84, "worded": 0.80}, {"worded": 1.0}, most=20.0)]
    assert order == ["near", "worded"]


def test_without_an_embedding_the_words_decide_alone() -> None:
    assert [each.point for each in fuse({}, {"a": 1.0, "b": 2.0}, most=2.0)] == ["b", "a"]


def test_without_words_the_embedding_decides_alone() -> None:
    [best] = fuse({"a": 0.9}, {}, most=0.0)
    assert (best.score, best.dense, best.sparse) == (0.9, 0.9, 0.0)


@given(dense=scores, sparse=scores)
def test_every_point_comes_once_best_first_and_always_in_the_same_order(
    dense: dict[str, float], sparse: dict[str, float]
) -> None:
    fused = fuse(dense, sparse, most=3.0)
    assert sorted(each.point for each in fused) == sorted(dense.keys() | sparse.keys())
    assert fused == sorted(fused, key=lambda each: (-each.score, each.point))
    assert fused == fuse(dict(reversed(dense.items())), dict(reversed(sparse.items())), most=3.0)


@given(
    dense=st.fixed_dictionaries({point: st.floats(0, 1) for point in "abcdefghijkl"}),
    sparse=st.dictionaries(st.sampled_from("abcdefghijkl"), st.floats(0.1, 3), max_size=12),
    places=st.integers(1, 6),
    depth=st.integers(2, 8),
)
def test_the_first_places_are_the_same_as_if_every_cosine_were_known(
    dense: dict[str, float], sparse: dict[str, float], places: int, depth: int
) -> None:
    near, worded = _best(dense, depth), _best(sparse, depth)
    unfound = unfound_score(worded, depth)
    everything = fuse({point: dense[point] for point in near.keys() | worded.keys()}, worded, 3.0, unfound)
    near |= {point: dense[point] for point in undecided(near, worded, 3.0, unfound, places)}
    assert fuse(near, worded, 3.0, unfound)[:places] == everything[:places]


def test_what_cannot_reach_the_first_places_needs_no_cosine() -> None:
    found = {"near": 3.0, "worded": 0.3}
    assert undecided({"near": 0.9, "far": 0.5}, found, 3.0, 0.0, places=1) == []
    assert undecided({"near": 0.9, "far": 0.5}, found, 3.0, 0.0, places=2) == ["worded"]


def test_what_the_words_did_not_find_has_half_of_the_last_that_they_did() -> None:
    assert unfound_score({"a": 4.0, "b": 3.0}, depth=2) == 1.5
    assert unfound_score({"a": 4.0, "b": 3.0}, depth=3) == 0.0
    assert unfound_score({}, depth=0) == 0.0


def _best(scores: dict[str, float], depth: int) -> dict[str, float]:
    return dict(sorted(scores.items(), key=lambda each: -each[1])[:depth])


def test_what_a_full_match_would_score_is_told_by_the_best_hits() -> None:
    question = {1: 1.0, 2: 1.0, 3: 2.0}
    # Half of the question for 4 points, a quarter for 2 and all of it for 9.
    assert attainable(question, [(4.0, {3}), (2.0, {1}), (9.0, {1, 2, 3})]) == 8.0


def test_without_a_hit_nothing_is_told() -> None:
    assert attainable({1: 1.0}, []) == 0.0
    assert attainable({1: 1.0}, [(3.0, {2})]) == 0.0
