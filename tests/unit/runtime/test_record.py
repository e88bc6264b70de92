"""Canonical bytes and commitments are what the log's proofs rest on."""

from __future__ import annotations

import base64
import hashlib

import pytest

from allmanning.runtime.record import Record, _leaf, canonical, commitment, digest


def test_the_same_value_has_the_same_bytes_whatever_its_order() -> None:
    assert canonical({"b": 1, "a": [True, None, "å"]}) == canonical({"a": [True, None, "å"], "b": 1})
    assert canonical({"b": 1, "a": 1.0}) == b'{"a":1,"b":1}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**60])
def test_numbers_that_no_reader_agrees_on_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical({"value": value})


def test_a_commitment_binds_salt_and_content() -> None:
    expected = base64.b64encode(hashlib.sha256(b"allmanning/commit/v1\x00" + b"s" * 32 + b"{}").digest()).decode()
    assert commitment(b"s" * 32, b"{}") == expected
    assert commitment(b"t" * 32, b"{}") != expected
    assert commitment(b"s" * 32, b"[]") != expected


def test_digests_name_their_algorithm() -> None:
    assert digest(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("decision", ["", "en fråga", "a/b", "x" * 65, "1\n", "å"])
def test_a_record_that_the_log_would_set_aside_is_not_left(decision: str) -> None:
    """Found by a program that read decisions with made-up numbers: the answer came, and the record never did."""
    with pytest.raises(ValueError, match="decision_id"):
        _leaf(Record("access.read", {}, {}), "id", "exempelby", decision, "2026-11-28T06:00:00.000Z", {}, [])
    assert _leaf(Record("access.read", {}, {}), "id", "exempelby", "log.2026h2", "t", {}, [])
