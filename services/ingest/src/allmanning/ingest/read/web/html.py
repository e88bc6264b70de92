"""Web pages, and what is written as one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import lxml.html  # type: ignore[import-untyped]
from lxml import etree
from lxml.html import HtmlElement

from allmanning.ingest.read.document import Block, Extract, assemble, clean
from allmanning.ingest.read.finding import Finding
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.plain.directive import directive
from allmanning.ingest.read.plain.encoding import decode_as
from allmanning.ingest.read.plain.statute import in_force, is_statute, named
from allmanning.ingest.read.web.blocks import blocks_of_page
from allmanning.ingest.read.web.dates import without_dates, written_dates
from allmanning.ingest.read.web.furniture import (
    drop_furniture,
    drop_menus,
    drop_questions,
    without_furniture,
    without_preamble,
)
from allmanning.ingest.read.web.hidden import strip_hidden
from allmanning.ingest.read.web.main_content import contact_boxes, main_of
from allmanning.ingest.read.web.style import Styles

_CHARSET: Final = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([a-zA-Z0-9_-]+)""", re.IGNORECASE)
_XML_DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]*\?>")
_DEEPEST: Final = 200
_SITE_NAME: Final = re.compile(r"\s[-–—|·:]\s")
_LANGUAGE: Final = re.compile(r"([a-zA-Z]{2,3})(?:[-_].*)?")


def read_html(original: Original) -> Extract:
    """Read the main content of a web page.

    Menus, page header and footer and questions about the page are left out; so is what a visitor does not see, with a
    finding for it. `metadata` may have `modified` (a date) and `language`.
    """
    page = _parse(decoded_page(original.data))
    metadata = {**_language(page), **written_dates(page)}
    title = _title(page)
    styles = Styles(page)
    drop_furniture(page)
    main = main_of(page)
    boxes = contact_boxes(page, main)
    findings = strip_hidden(main, styles)
    for box in boxes:
        findings += strip_hidden(box, styles)
        main.append(box)
    if main.tag == "body":
        drop_menus(main)
    drop_questions(main)
    blocks: Sequence[Block]
    blocks, modified = without_dates(without_furniture(blocks_of_page(main)))
    if main.tag == "body":
        blocks = without_preamble(blocks)
    metadata = {**modified, **metadata}
    if is_statute(block.text for block in blocks):
        act, blocks = named(blocks)
        title = act or title
        metadata |= in_force(blocks)
    else:
        named_directive, blocks = directive(blocks)
        title = named_directive or title
    return assemble(blocks, title=title or _first_heading(blocks), metadata=metadata, findings=findings)


def read_markup(markup: str) -> tuple[list[Block], list[Finding]]:
    """The blocks of markup that is not a whole page, and what was hidden in it: all that is shown is content."""
    page = _parse(markup)
    styles = Styles(page)
    for element in list(page.iter("script", "style", "head", "template", "noscript", "title")):
        if element.getparent() is not None:
            element.drop_tree()
    findings = strip_hidden(page, styles)
    return blocks_of_page(page), findings


def decoded_page(data: bytes) -> str:
    """A page's markup, in the encoding that it says or else looks like."""
    declared = _CHARSET.search(data[:4096])
    return decode_as(data, declared.group(1).decode() if declared else "")


def _parse(text: str) -> HtmlElement:
    # Without `huge_tree` the parser silently leaves out what lies deeper than 256 elements, as in a long mail thread.
    parser = lxml.html.HTMLParser(no_network=True, remove_pis=True, huge_tree=True)
    page: HtmlElement = lxml.html.document_fromstring(_XML_DECLARATION.sub("", text) or "<p></p>", parser=parser)
    if any(entry.message.startswith("Excessive depth") for entry in parser.error_log):
        # Even so it gives up at 2,048, and what came before is lost as well.
        raise ValueError("elements lie too deep within each other")
    _flatten(page)
    return page


def _flatten(page: HtmlElement) -> None:
    """Unwrap elements that lie too deep for readers that follow a page from element to element within."""
    deep = []
    depth = 0
    for event, element in etree.iterwalk(page, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start" and depth > _DEEPEST and isinstance(element.tag, str):
            deep.append(element)
    for element in reversed(deep):
        element.drop_tag()


def _title(page: HtmlElement) -> str:
    """The page's title without the name of the site: what its h1 says too."""
    title = clean(" ".join(page.xpath("string(//head/title)").split()))
    headings = [heading for heading in (clean(h1.text_content()) for h1 in page.iter("h1")) if heading]
    if not title:
        return headings[0] if headings else ""
    within = [heading for heading in headings if heading.casefold() in title.casefold()]
    if len(within) == 1:
        return within[0]
    parts = [match.start() for match in _SITE_NAME.finditer(title)]
    # "Om bygglov - Bygga - Uddby kommun" above "Om bygglov och annat".
    shorter = [title[:at].strip() for at in reversed(parts)]
    found = (short for short in shorter if short and any(h.casefold().startswith(short.casefold()) for h in headings))
    return next(found, title)


def _first_heading(blocks: Sequence[Block]) -> str:
    return next((block.text for block in blocks if block.level == 1), "")


def _language(page: HtmlElement) -> dict[str, str]:
    written = page.get("lang") or page.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    match = _LANGUAGE.fullmatch(written.strip())
    return {"language": match[1].lower()} if match else {}
