"""The fast writer must not be told from RFC 8785's reference: a log's proofs rest on every byte."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from allmanning.runtime.canonical_json import canonical, quickly

texts = st.text() | st.sampled_from(["\u2028", "\x7f", "\x1f\b\f\n\r\t", "\ue000", "\U0001f600", '"\\/'])
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53) + 1, 2**53 - 1)
scores = st.floats(0, 1).map(lambda value: round(value, 4))
values = st.recursive(
    st.none() | st.booleans() | texts | numbers | scores,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(values)
@example({"\ue000": 1, "\U0001f600": 2})
@example([1.0, -0.0, 1e-7, 5e-324, 1e16, 1e21, 1e22, 0.1, 123456789.125])
def test_it_writes_what_the_reference_writes(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["\ud800", {1: 2}, {"a": object()}, float("-inf"), [2**53]])
def test_what_the_reference_refuses_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical(value)


def test_an_ordinary_record_takes_the_fast_way() -> None:
    record = {"v": 1, "score": 0.8312, "support": 1.0, "passages": [{"page": 3, "text": "Avgiften är 300 kr."}]}
    assert quickly(record) == rfc8785.dumps(record)
