"""A cursor opens for its own question only, and gives back what was put in."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.retrieve.cursor import MAX_CHARACTERS, Page, cursor_of, opened
from allmanning.runtime.errors import InvalidInput

DAYS = st.dates().map(dt.date.isoformat)
PAGES = st.builds(Page, DAYS, st.binary(min_size=1, max_size=300))


@given(PAGES, st.binary())
def test_a_cursor_gives_back_its_page(page: Page, question: bytes) -> None:
    cursor = cursor_of(page, question)
    assert set(cursor) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    assert opened(cursor, question) == page


@given(PAGES, st.binary(), st.binary())
def test_another_question_does_not_open_it(page: Page, question: bytes, other: bytes) -> None:
    if question != other:
        with pytest.raises(InvalidInput, match=r"cursor\.invalid"):
            opened(cursor_of(page, question), other)


@given(PAGES, st.data())
def test_a_changed_cursor_does_not_open(page: Page, data: st.DataObject) -> None:
    cursor = cursor_of(page, b"q")
    at = data.draw(st.integers(0, len(cursor) - 1))
    put = data.draw(st.sampled_from(["", "A", "Z", "-", "=", " ", "å", "\0", "AA"]))
    changed = cursor[:at] + put + cursor[at + 1 :]
    if changed != cursor:
        with pytest.raises(InvalidInput, match=r"cursor\.invalid"):
            opened(changed, b"q")


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_garbage_does_not_open(cursor: str) -> None:
    with pytest.raises(InvalidInput, match=r"cursor\.invalid"):
        opened(cursor, b"q")


def test_nothing_left_is_no_cursor() -> None:
    assert cursor_of(Page("2026-01-01"), b"q") == ""


def test_pages_end_before_a_cursor_grows_too_long() -> None:
    assert len(cursor_of(Page("2026-01-01", b"x" * 1_500), b"q")) <= MAX_CHARACTERS
    assert cursor_of(Page("2026-01-01", b"x" * 1_600), b"q") == ""
    with pytest.raises(InvalidInput, match=r"cursor\.invalid"):
        opened("A" * (MAX_CHARACTERS + 1), b"q")
