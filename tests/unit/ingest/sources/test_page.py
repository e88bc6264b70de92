"""What a page says of itself is found, whatever else is in it."""

from __future__ import annotations

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.ingest.sources import page

URL = httpx2.URL("https://exempelby.se/bygga/altan?x=1")


def read(markup: str) -> page.Page:
    return page.read(markup.encode(), URL)


def test_canonical_link_and_links_are_absolute() -> None:
    found = read(
        "<link href='/altan' rel=\"Canonical\"><a class=x href=plan.pdf>P</a><A HREF='../a.html#b'>A</A>"
        '<a href="mailto:a@b.se">M</a><a href="javascript:x()">J</a><a href="?y=1&amp;z=2">Q</a>'
    )
    assert found.canonical == "https://exempelby.se/altan"
    assert found.links == (
        "https://exempelby.se/bygga/plan.pdf",
        "https://exempelby.se/a.html",
        "https://exempelby.se/bygga/altan?y=1&z=2",
    )


def test_base_decides_where_links_lead_and_comments_say_nothing() -> None:
    found = read(
        '<base href="/annat/"><!-- <a href="dold">x</a> <meta name=robots content=noindex> --><a href="b">B</a>'
    )
    assert (found.links, found.hidden) == (("https://exempelby.se/annat/b",), False)


@pytest.mark.parametrize(
    ("content", "hidden"),
    [("noindex", True), ("NOINDEX, follow", True), ("none", True), ("index,follow", False), ("nofollow", False)],
)
def test_pages_that_ask_not_to_be_found_are_hidden(content: str, hidden: bool) -> None:
    assert read(f'<meta name="ROBOTS" content="{content}">').hidden is hidden
    assert page.says_noindex(f"allmanning: {content}") is hidden


@given(st.text(alphabet="<>\"'= /!-ahreflinkmtbsc#\x00é", max_size=200), st.binary(max_size=100))
def test_nothing_makes_it_fail(text: str, data: bytes) -> None:
    found = page.read(text.encode() + data, URL)
    assert all(httpx2.URL(each).scheme in ("http", "https") for each in found.links)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece",
    ["<a ", "<a href=", '<a href="', "<!--", "<meta x='", "<a x=y ", "x=y ", "<link rel=" + "a" * 90, "<a b='c'>"],
)
def test_hostile_pages_are_looked_at_in_time_linear_to_their_size(piece: str) -> None:
    # Were it quadratic, this would take days.
    assert page.read((piece * (page.LOOKED_AT_BYTES // len(piece))).encode(), URL).canonical == ""
