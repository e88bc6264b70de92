"""An error crosses between services whole, and a fault of ours crosses without its details."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.runtime.errors import Busy, Internal, PlatformError, Unprocessable, error_of
from allmanning.runtime.wire import error_headers, raise_error


@given(
    status=st.sampled_from([400, 401, 403, 404, 409, 413, 415, 422, 429, 503, 504]),
    message=st.text(),
    retry=st.none() | st.floats(0, 1000),
)
def test_every_error_arrives_as_it_was_sent(status: int, message: str, retry: float | None) -> None:
    sent = error_of(status, "some.code", message, retry_after_s=retry)
    headers = error_headers(sent)
    assert all(value.isascii() and value.isprintable() for value in headers.values())
    with pytest.raises(PlatformError) as arrived:
        raise_error(headers)
    assert (type(arrived.value), arrived.value.code, arrived.value.message) == (type(sent), "some.code", message)
    assert (arrived.value.retry_after_s is None) == (retry is None)


def test_details_of_our_own_faults_stay_with_us() -> None:
    headers = error_headers(KeyError("personnummer 19121212-1212"))
    assert "1212" not in str(headers)
    with pytest.raises(Internal):
        raise_error(headers)


def test_headers_without_an_error_raise_nothing() -> None:
    raise_error({"Traceparent": "00-…"})


def test_errors_cross_process_borders() -> None:
    error = pickle.loads(pickle.dumps(Unprocessable("document.encrypted", "Låst.")))
    assert (type(error), error.code, error.message) == (Unprocessable, "document.encrypted", "Låst.")


def test_only_what_may_pass_later_is_worth_a_retry() -> None:
    assert Busy("busy", "…").retryable
    assert not Unprocessable("document.encrypted", "…").retryable
