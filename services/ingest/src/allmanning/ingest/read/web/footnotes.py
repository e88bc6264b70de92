"""Footnotes on a page: which elements hold one, and what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml.html import HtmlElement  # type: ignore[import-untyped]

from allmanning.ingest.read.document import Block, Kind, clean
from allmanning.ingest.read.web.inline_text import text_of

_ROLES: Final = frozenset({"doc-footnote", "doc-endnote"})
_NOTES: Final = frozenset({"footnote", "footnotes", "endnotes", "wp-block-footnotes", "fotnoter"})
_NOTE: Final = re.compile(r"(?:_?(?:ftn|edn|fn|footnote|fotnot)[-_:]?(?:\d{1,3}|[0-9a-f-]{36}))", re.IGNORECASE)
_BACK: Final = frozenset("↩↑^⏎\ufe0e\ufe0f")
_MARK: Final = re.compile(r"\[?(\d{1,3}|\*{1,3})[\].:)]?\s+")


def is_footnote(element: HtmlElement) -> bool:
    """Whether an element is a footnote, or a list of them."""
    if element.get("role") in _ROLES or "MsoFootnoteText" in element.get("class", ""):
        return True
    if element.get("role") == "doc-endnotes" or _NOTES & {name.lower() for name in element.get("class", "").split()}:
        return element.tag in ("div", "section", "ol", "ul", "aside", "p", "li")
    return element.tag in ("p", "div", "li", "aside") and bool(_NOTE.fullmatch(element.get("id", "")))


def note_of(element: HtmlElement) -> Iterator[Block]:
    """The footnotes in such an element, each with its mark before it: "[1] Prop. 2009/10:170."."""
    for back in list(element.iter("a")):
        if back.text_content().strip() and set(back.text_content().strip()) <= _BACK:
            back.drop_tree()
    items = element.xpath(".//li") if element.tag != "li" else []
    for number, item in enumerate(items or [element], start=1):
        text = clean(text_of(item))
        mark = _MARK.match(text)
        if mark:
            text = f"[{mark[1]}] {text[mark.end() :]}"
        elif items and item.getparent().tag == "ol":
            text = f"[{number}] {text}"
        if any(character.isalnum() for character in text):
            yield Block(Kind.FOOTNOTE, text)
