from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest
from allmanning.retrieve.question import checked
from allmanning.runtime.errors import InvalidInput


def request(query: str = "bygglov", **fields: object) -> SearchRequest:
    values = {"principal": Principal(authority="soltuna")} | fields
    return SearchRequest(query=query, **values)  # type: ignore[arg-type]


def test_what_is_left_out_gets_its_default() -> None:
    filled = checked(request("  bygglov\n"))
    assert (filled.query, filled.limit) == ("bygglov", 10)
    assert filled.as_of == dt.datetime.now(ZoneInfo("Europe/Stockholm")).date().isoformat()


def test_what_is_given_is_kept() -> None:
    given = request(limit=100, as_of="2026-02-28", collections=["webb"], documents=["a"])
    assert checked(given) == given


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (request(""), "query.empty"),
        (request(" \n\t\u00a0"), "query.empty"),
        (request("\0"), "query.empty"),
        (request("å" * 2_001), "query.too_long"),
        (request(limit=101), "limit.out_of_range"),
        (request(as_of="2026-02-30"), "date.invalid"),
        (request(as_of="i går"), "date.invalid"),
        (request(as_of="20260228"), "date.invalid"),
        (request(as_of="2026-W05-1"), "date.invalid"),
        (request(principal=None), "principal.missing"),
        (request(principal=Principal()), "principal.missing"),
    ],
)
def test_a_broken_request_is_refused_with_its_code(given: SearchRequest, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked(given)
    assert refused.value.code == code


def test_the_longest_question_is_taken() -> None:
    assert len(checked(request("å" * 2_000)).query) == 2_000
