from __future__ import annotations

import pytest

from allmanning.index.condition import Equals, Every, OneOfNumbers
from allmanning.index.store.engine import COUNTED_IN, FEW, sampled
from allmanning.index.store.point import SAMPLES

READABLE = Equals("active", 1)


def test_terms_are_counted_in_all_of_few_passages() -> None:
    assert sampled(READABLE, 0) == READABLE
    assert sampled(READABLE, FEW) == READABLE


@pytest.mark.parametrize("total", [FEW + 1, 10_000, 100_000, 10_000_000])
def test_terms_are_counted_in_some_of_many_passages_and_only_in_readable_ones(total: int) -> None:
    match sampled(READABLE, total):
        case Every((OneOfNumbers("sample", samples), within)):
            assert within == READABLE
            assert set(samples) < set(range(SAMPLES))
            assert len(samples) * total / SAMPLES >= COUNTED_IN
        case other:
            pytest.fail(f"not a sample: {other}")
