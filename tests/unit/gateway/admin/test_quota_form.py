"""Numbers as people write them in the form of quotas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.gateway.pages.admin.quota_form import QuotaForm
from allmanning.runtime.errors import InvalidInput


@given(st.integers(0, 2**53 - 1), st.sampled_from([0.5, 1.0, 2.5, 16.0, 1000.0]))
def test_what_is_shown_is_read_as_the_same(tokens, weight):
    limits = {"weight": weight, "tokens_per_day": tokens or None, "own_tokens_per_day": None}
    known = {**limits, "channel_weights": {"citizen": weight}, "authority": "exempelby", "revision": 3}

    asked = QuotaForm.of(known).quota(shared=True)

    assert (asked.weight, asked.tokens_per_day, asked.own_tokens_per_day, asked.revision) == (weight, tokens, 0, 3)
    assert asked.channel_weights == {"citizen": weight}


def test_digits_may_be_grouped_and_decimals_have_a_comma():
    asked = QuotaForm(weight="2,5", tokens_per_day="5\u00a0000 000").quota(shared=True)

    assert (asked.weight, asked.tokens_per_day) == (2.5, 5_000_000)


@pytest.mark.parametrize("value", ["mycket", "-1", "1,5,2", "1e400", "nan", "2,5"])
def test_what_is_no_limit_is_refused(value):
    with pytest.raises(InvalidInput, match="Inget ändrades"):
        QuotaForm(own_tokens_per_day=value).quota(shared=False)


def test_what_all_share_is_left_alone_by_those_who_may_not_set_it():
    asked = QuotaForm(weight="1000", tokens_per_day="1").quota(shared=False)

    assert (asked.weight, asked.tokens_per_day) == (None, None)
