"""A search in an address: kept whole, and changed by one step at a time."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

from allmanning.gateway.pages.caseworker.search import verbatim
from allmanning.gateway.pages.caseworker.search_url import SearchUrl

SEARCH = SearchUrl(
    q='altan "1,2 meter" & plank',
    collections=["bygg", "miljö & hälsa"],
    secrecy=["internal"],
    dated_from=date(2026, 1, 1),
    order="newest",
    cursor="abc",
    page=2,
)


def read(path):
    parameters = parse_qs(urlsplit(path).query)
    lists = {"collections", "document_types", "media_types", "authorities", "documents", "secrecy"}
    return SearchUrl(**{name: given if name in lists else given[0] for name, given in parameters.items()})


def test_an_address_holds_the_whole_search_and_nothing_else():
    assert read(SEARCH.path()) == SEARCH
    assert SearchUrl().path() == "/search"
    assert SearchUrl(q="altan").path() == "/search?q=altan"


def test_the_api_is_asked_the_same_as_the_address_says():
    query = SEARCH.query(20)

    assert (query.query, query.order, query.cursor, query.limit) == (SEARCH.q, "newest", "abc", 20)
    assert query.filters.collections == ["bygg", "miljö & hälsa"]
    assert query.filters.dated_from == date(2026, 1, 1)


def test_a_value_is_added_and_taken_away_from_the_first_page_on():
    more = SEARCH.toggled("collections", "skola")
    less = SEARCH.toggled("collections", "bygg")

    assert more.collections == ["bygg", "miljö & hälsa", "skola"]
    assert less.collections == ["miljö & hälsa"]
    assert [(each.cursor, each.page) for each in (more, less)] == [("", 1), ("", 1)]
    assert SEARCH.collections == ["bygg", "miljö & hälsa"]


def test_pages_are_counted():
    assert SEARCH.next_page("def") == SEARCH.model_copy(update={"cursor": "def", "page": 3})


def test_a_form_carries_what_it_does_not_ask_for():
    assert list(SEARCH.fields("q", "cursor", "page")) == [
        ("collections", "bygg"),
        ("collections", "miljö & hälsa"),
        ("secrecy", "internal"),
        ("dated_from", "2026-01-01"),
        ("order", "newest"),
    ]


def test_without_limits_the_question_and_its_order_stay():
    assert SEARCH.unlimited() == SearchUrl(q=SEARCH.q, order="newest")


def test_what_was_corrected_can_be_searched_as_it_was_written():
    url = SearchUrl(q="Byglov för altan", page=2, cursor="x")

    assert read(verbatim(url, [{"written": "byglov", "meant": "bygglov"}])).q == '"Byglov" för altan'
    assert verbatim(url, [{"written": "lov", "meant": "lova"}]) == ""
    assert verbatim(url, []) == ""
