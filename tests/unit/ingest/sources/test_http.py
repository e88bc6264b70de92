"""What is packed is unpacked within its limit, and addresses and passwords are told apart."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.ingest.sources.http import address, gunzipped
from allmanning.ingest.sources.passwords import passwords
from allmanning.ingest.sources.protocol import ItemFailed
from allmanning.runtime.errors import InvalidInput, Refused


@given(st.binary(max_size=5_000), st.integers(0, 6_000))
def test_no_more_than_the_limit_is_unpacked(data: bytes, limit: int) -> None:
    packed = gzip.compress(data)
    if len(data) <= limit:
        assert gunzipped(packed, limit) == data
    else:
        with pytest.raises(ItemFailed, match=r"file\.too_large"):
            gunzipped(packed, limit)


def test_what_only_looks_packed_is_an_error_of_its_item() -> None:
    with pytest.raises(ItemFailed, match=r"source\.item_broken"):
        gunzipped(b"\x1f\x8b trasig", 100)
    assert gunzipped(b"<urlset/>", 100) == b"<urlset/>"


def test_a_password_in_an_address_is_refused_without_being_repeated() -> None:
    with pytest.raises(InvalidInput) as refused:
        address("https://kommun:hemligt@filer.example/dav")
    assert "hemligt@" not in str(refused.value)


def test_passwords_come_from_the_setting_or_its_file(tmp_path) -> None:
    file = tmp_path / "passwords.json"
    file.write_text('{"a/b": "hemligt"}')
    assert passwords("") == {}
    assert passwords('{"a/b": "hemligt"}') == passwords(str(file)) == {"a/b": "hemligt"}


@pytest.mark.parametrize("told", ["/finns/inte", '{"a/b": "hemligt"', '{"a/b": 1}', "{}{"])
def test_passwords_that_can_not_be_read_stop_the_service_and_are_not_shown(told: str) -> None:
    with pytest.raises(Refused, match=r"source\.passwords_invalid") as refused:
        passwords(told)
    assert "hemligt" not in str(refused.value)
    assert refused.value.__cause__ is None
