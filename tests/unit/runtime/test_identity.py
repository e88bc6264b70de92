"""Identifiers sort by time and can't smuggle anything into a subject or a path."""

from __future__ import annotations

import time
import uuid

import pytest

from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.identity import checked_authority, uuid7


def test_identifiers_are_version_7_unique_and_in_order_of_time() -> None:
    early = [uuid7() for _ in range(1000)]
    time.sleep(0.002)
    late = uuid7()
    assert len(set(early)) == 1000
    assert max(early) < late
    assert (uuid.UUID(late).version, uuid.UUID(late).variant) == (7, uuid.RFC_4122)


@pytest.mark.parametrize("authority", ["exempelby", "a", "region-5", "0180", "a" * 63])
def test_plain_identifiers_pass(authority: str) -> None:
    assert checked_authority(authority) == authority


@pytest.mark.parametrize(
    "authority", ["", "Exempelby", "ö", "a.b", "a*", ">", "../x", "-a", "a-", "a b", "a" * 64, "a\n"]
)
def test_anything_that_means_something_elsewhere_is_refused(authority: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_authority(authority)
    assert refused.value.code == "authority.invalid"
