"""Web pages, and what is written as one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import lxml.html  # type: ignore[import-untyped]
from lxml.html import HtmlElement
from unstructured.partition.html import partition_html

from allmanning.ingest.read.document import Block, Extract, assemble
from allmanning.ingest.read.elements import blocks_of
from allmanning.ingest.read.encoding import decode
from allmanning.ingest.read.html_clean import cleaned, title_of
from allmanning.ingest.read.original import Original

_CHARSET: Final = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([a-zA-Z0-9_-]+)""", re.IGNORECASE)
_XML_DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]*\?>")


def read_html(original: Original) -> Extract:
    """Read the main content of a web page; navigation, page header, footer and hidden parts are left out."""
    page = _parse(_text_of(original.data))
    title = title_of(page)
    return assemble(html_blocks(page), title=title)


def html_blocks(page: HtmlElement) -> Iterator[Block]:
    """The blocks of the page's main content. Changes `page`."""
    markup = cleaned(page)
    if _parse(markup).text_content().strip():
        yield from blocks_of(partition_html(text=markup, languages=["swe"]))


def markup_blocks(markup: str) -> Iterator[Block]:
    """The blocks of markup that is not a whole page."""
    return html_blocks(_parse(f"<html><body><main>{markup}</main></body></html>"))


def _parse(text: str) -> HtmlElement:
    parser = lxml.html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    page: HtmlElement = lxml.html.document_fromstring(_XML_DECLARATION.sub("", text) or "<p></p>", parser=parser)
    return page


def _text_of(data: bytes) -> str:
    declared = _CHARSET.search(data[:4096])
    if declared and declared.group(1).lower() not in (b"utf-8", b"utf8", b"utf-16"):
        try:
            # Browsers read ISO-8859-1 as Windows-1252, which has the same letters and more.
            name = declared.group(1).decode().lower()
            return data.decode("cp1252" if name in ("iso-8859-1", "latin1", "us-ascii") else name)
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data)
