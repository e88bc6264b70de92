from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from allmanning.contracts.access.v1.access_pb import Principal, Secrecy
from allmanning.contracts.passage.v1.passage_pb import Filter, Order
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest
from allmanning.retrieve.cursor import Page, cursor_of
from allmanning.retrieve.question import checked
from allmanning.runtime.errors import InvalidInput


def request(query: str = "bygglov", **fields: object) -> SearchRequest:
    values = {"principal": Principal(authority="soltuna")} | fields
    return SearchRequest(query=query, **values)  # type: ignore[arg-type]


def test_what_is_left_out_gets_its_default() -> None:
    question = checked(request("  bygglov\n"))
    today = dt.datetime.now(ZoneInfo("Europe/Stockholm")).date().isoformat()
    assert (question.query.text, question.limit, question.page) == ("bygglov", 10, Page(today))
    assert (question.filter, question.order, question.facets) == (Filter(), Order.UNSPECIFIED, False)


def test_what_is_given_is_kept() -> None:
    limits = Filter(collections=["webb"], secrecies=[Secrecy.OPEN], dated_from="2026-01-01")
    given = request(limit=100, as_of="2026-02-28", filter=limits, order=Order.NEWEST, facets=True)
    question = checked(given)
    assert (question.limit, question.page, question.filter) == (100, Page("2026-02-28"), limits)
    assert (question.order, question.facets) == (Order.NEWEST, True)


def test_phrases_and_excluded_words_join_those_of_the_filter() -> None:
    question = checked(request('"ringa avvikelse" -altan', filter=Filter(phrases=["a"], excluded=["b"])))
    assert question.query.text == "ringa avvikelse"
    assert (question.filter.phrases, question.filter.excluded) == (["a", "ringa avvikelse"], ["b", "altan"])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (request(""), "query.empty"),
        (request(" \n\t\u00a0"), "query.empty"),
        (request("\0\u202e"), "query.empty"),
        (request("å" * 2_001), "query.too_long"),
        (request("ord " * 10_000), "query.too_long"),
        (request("-altan"), "query.only_excluded"),
        (request('-"ringa avvikelse" ?'), "query.only_excluded"),
        (request(limit=101), "limit.out_of_range"),
        (request(as_of="2026-02-30"), "date.invalid"),
        (request(as_of="i går"), "date.invalid"),
        (request(as_of="20260228"), "date.invalid"),
        (request(as_of="2026-W05-1"), "date.invalid"),
        (request(filter=Filter(dated_from="2026-13-01")), "date.invalid"),
        (request(filter=Filter(dated_until="i går")), "date.invalid"),
        (request(filter=Filter(secrecies=[Secrecy.OPEN, Secrecy.UNSPECIFIED])), "filter.invalid"),
        (request(filter=Filter(documents=["a"] * 101)), "filter.invalid"),
        (request(filter=Filter(phrases=[" "])), "filter.invalid"),
        (request(filter=Filter(excluded=["..."])), "filter.invalid"),
        (request(" ".join(f'"{number}"' for number in range(101))), "filter.invalid"),
        (request(cursor="x"), "cursor.invalid"),
        (request(principal=None), "principal.missing"),
        (request(principal=Principal()), "principal.missing"),
    ],
)
def test_a_broken_request_is_refused_with_its_code(given: SearchRequest, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked(given)
    assert refused.value.code == code


def test_the_longest_question_is_taken() -> None:
    assert len(checked(request("å" * 2_000)).query.text) == 2_000


def test_a_cursor_brings_its_day_and_what_was_shown() -> None:
    page = Page("2026-02-28", b"shown")
    cursor = cursor_of(page, checked(request()).key)
    assert checked(request(cursor=cursor)).page == page
    assert checked(request(cursor=cursor, as_of="2026-02-28", limit=3, facets=True)).page == page


@pytest.mark.parametrize(
    "other",
    [
        {"query": "bygglov -altan"},
        {"filter": Filter(collections=["webb"])},
        {"order": Order.NEWEST},
        {"as_of": "2026-03-01"},
    ],
)
def test_another_questions_cursor_is_refused(other: dict[str, object]) -> None:
    cursor = cursor_of(Page("2026-02-28", b"shown"), checked(request()).key)
    with pytest.raises(InvalidInput, match=r"cursor\.invalid"):
        checked(request(**other, cursor=cursor))
