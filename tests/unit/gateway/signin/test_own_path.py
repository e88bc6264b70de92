"""A sign-in leads to pages of ours only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.gateway.pages.signin.own_path import own_path

ELSEWHERE = [
    "https://ond.se/",
    "//ond.se",
    "///ond.se",
    "/\\ond.se",
    "\\\\ond.se",
    "/\t/ond.se",
    "/\n/ond.se",
    "/\r\nSet-Cookie: a=b",
    "javascript:alert(1)",
    "data:text/html,x",
    "ond.se",
    "https:ond.se",
    "%2f%2fond.se",
    "/\x00/ond.se",
    "/\x0b/ond.se",
    "\x01//ond.se",
    " //ond.se",
    "/x\\..\\ond",
    "",
    "/" + "x" * 5_000,
]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_another_site_is_no_page_of_ours(path):
    assert own_path(path) == ""


@pytest.mark.parametrize("path", ["/", "/search?q=altan&x=//ond.se", "/log/0190?reason=å", "/a//b"])
def test_a_page_of_ours_is_kept(path):
    assert own_path(path) == path


@given(st.text(alphabet="/\\:?#@.a\t\n\r \x00\u2028\u200e", max_size=12))
def test_what_is_let_through_begins_with_one_slash_and_has_nothing_a_browser_skips(path):
    found = own_path(path)
    assert found in ("", path)
    assert not found or (found[0] == "/" and found[1:2] not in ("/", "\\") and found.isprintable())
