from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.index.fusion import DENSE_WEIGHT, DEPTH, fuse

points = st.sampled_from([f"p{number}" for number in range(12)])


def test_both_sides_count_by_their_weight() -> None:
    fused = {each.point: each for each in fuse({"a": 0.9, "b": 0.8, "c": 0.7}, {"b": 10.0, "d": 5.0})}
    assert fused["a"].score == pytest.approx(DENSE_WEIGHT)
    assert fused["b"].score == pytest.approx(DENSE_WEIGHT * 0.5 + (1 - DENSE_WEIGHT))
    assert fused["c"].score == 0.0
    assert fused["d"].score == pytest.approx((1 - DENSE_WEIGHT) * 0.5)
    assert (fused["d"].dense, fused["a"].sparse) == (0.0, 0.0)


def test_a_full_list_of_words_starts_at_its_own_worst() -> None:
    sparse = {f"p{number:03}": 100.0 + number for number in range(DEPTH)}
    assert fuse({}, sparse)[-1].score == 0.0
    del sparse["p000"]
    assert fuse({}, sparse)[-1].score > 0.1


def test_without_words_the_embedding_decides_alone() -> None:
    assert [each.score for each in fuse({"a": 0.9, "b": 0.8}, {})] == [1.0, 0.0]


def test_nothing_found_is_nothing_fused() -> None:
    assert fuse({}, {}) == []


def test_a_single_hit_is_the_best_there_is() -> None:
    assert [each.score for each in fuse({"a": 0.9}, {"a": 2.0})] == [pytest.approx(1.0)]


@given(
    st.dictionaries(points, st.floats(-1, 1), max_size=12),
    st.dictionaries(points, st.floats(0.001, 100), max_size=12),
)
def test_every_point_comes_once_in_order_with_a_score_within_bounds(
    dense: dict[str, float], sparse: dict[str, float]
) -> None:
    fused = fuse(dense, sparse)
    assert {each.point for each in fused} == dense.keys() | sparse.keys()
    assert len(fused) == len(dense.keys() | sparse.keys())
    scores = [each.score for each in fused]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 + 1e-9 for score in scores)
