"""The quick way to tell canonical JSON gives the answer of RFC 8785 itself."""

from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmanning.audit.log.leaf import canonical_object

NUMBERS = st.one_of(
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 1.0, 1e16, 1e21, 1e-6, 1e-7, 5e-324, 0.1, 100.5, 2**53, -(2**53), 123456789012345.6]),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=4), inner, max_size=4)),
    max_leaves=12,
)


def exactly(data: bytes) -> object:
    """What the slow way says."""
    try:
        value = json.loads(data)
        return value if isinstance(value, dict) and rfc8785.dumps(value) == data else None
    except (ValueError, RecursionError):
        return None


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=300)
@given(st.dictionaries(st.text(max_size=4), VALUES, max_size=5))
def test_whatever_is_written_is_judged_alike(value):
    for data in (
        json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass"),
        json.dumps(value, separators=(",", ":")).encode(),
        json.dumps(value).encode(),
    ):
        assert canonical_object(data) == exactly(data)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1.0}', '{"a":1}', '{"a":1e2}', '{"a":1E400}', '{"a":-0}', '{"a":-0.0}', '{"a":0.10}', '{"a":0.1}',
        '{"a":1e-7}', '{"a":1e-07}', '{"a":0.000001}', '{"a":0.0000001}', '{"a":9007199254740993}', '{"a":NaN}',
        '{"a":Infinity}', '{"a":1,"a":1}', '{"b":1,"a":1}', '{"a":"\\u00e5"}', '{"a":"å"}', '{"a":"\\ud800"}',
        '{"\ue000":1,"\U00010000":2}', '{"\U00010000":2,"\ue000":1}', '{"a":"\\/"}', '{"a":"\\u001f\\n"}', "[1]", "1",
        '{"a": 1}', '{"a":12345678901234567890}', '{"a":333333333.33333329}', '{"a":123456789012345.6}', "{}", "",
    ],
)  # fmt: skip
def test_what_is_written_in_only_one_way_is_judged_alike(text):
    data = text.encode(errors="surrogatepass")
    assert canonical_object(data) == exactly(data)
