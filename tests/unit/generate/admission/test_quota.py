"""What a quota may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.contracts.generate.v1 import generate_pb as proto
from allmanning.generate.admission.quota import MAX_TOKENS, Quota
from allmanning.runtime.errors import InvalidInput

CHANNELS = {"citizen": 16.0, "batch": 1.0}
WEIGHTS = st.floats(0.001, 1000)


def message(**changes: object) -> proto.Quota:
    given = {"weight": 1.0, "tokens_per_day": 0, "own_tokens_per_day": 0, "channel_weights": CHANNELS, **changes}
    return proto.Quota(**given)  # type: ignore[arg-type]


@given(WEIGHTS, st.integers(0, MAX_TOKENS), WEIGHTS)
def test_what_may_be_asked_for_comes_back_as_it_was(weight, tokens, citizen):
    asked = message(
        weight=weight,
        tokens_per_day=tokens,
        own_tokens_per_day=tokens // 2,
        channel_weights={**CHANNELS, "citizen": citizen},
    )

    assert Quota.of(asked, CHANNELS).message() == asked


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weight": 0.0}, "vikten"),
        ({"weight": -1.0}, "vikten"),
        ({"weight": 1000.5}, "vikten"),
        ({"weight": float("nan")}, "vikten"),
        ({"weight": float("inf")}, "vikten"),
        ({"tokens_per_day": MAX_TOKENS + 1}, "heltal"),
        ({"tokens_per_day": 10, "own_tokens_per_day": 11}, "egna gränsen"),
        ({"channel_weights": {"citizen": 1.0}}, "citizen, batch"),
        ({"channel_weights": {**CHANNELS, "radio": 1.0}}, "citizen, batch"),
        ({"channel_weights": {**CHANNELS, "batch": 0.0}}, "varje kanals vikt"),
    ],
)
def test_anything_else_is_refused_with_what_is_wrong(changes, said):
    with pytest.raises(InvalidInput, match=said) as refused:
        Quota.of(message(**changes), CHANNELS)

    assert refused.value.code == "quota.invalid"


@pytest.mark.parametrize(("common", "own", "limit"), [(0, 0, 0), (9, 0, 9), (0, 5, 5), (9, 5, 5), (5, 5, 5)])
def test_the_lower_limit_holds_and_none_is_no_limit(common, own, limit):
    assert Quota(tokens_per_day=common, own_tokens_per_day=own).limit == limit
