"""Leave of a web page what its author wrote: the main content, in tags that the reader keeps text of."""

from __future__ import annotations

import re
from typing import Final

import lxml.html  # type: ignore[import-untyped]
from lxml import etree
from lxml.html import HtmlElement

from allmanning.ingest.read.document import clean

_NEVER_CONTENT: Final = frozenset(
    {"script", "style", "noscript", "template", "nav", "svg", "math", "iframe", "object", "embed", "video", "audio"}
    | {"canvas", "head", "dialog", "button", "select", "input", "textarea", "datalist"}
)
_FURNITURE_ROLES: Final = frozenset({"navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "menu"})
_HIDDEN_STYLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_COOKIE: Final = re.compile(r"cookie|kakor-|kakbanner|gdpr-banner", re.IGNORECASE)
# The reader drops the text of these tags.
_RENAMED: Final = {
    **dict.fromkeys(("dt", "dd", "summary", "figcaption", "legend"), "p"),
    **dict.fromkeys(("details", "dl", "figure", "fieldset", "form", "hgroup", "menu", "search", "center"), "div"),
    **dict.fromkeys(("label", "output", "font", "abbr", "data", "ruby"), "span"),
}
_MENU_LINKS: Final = 4
_MENU_LINK_CHARACTERS: Final = 25
_PARAGRAPH_BREAK: Final = re.compile(r"(?:<br\s*/?>\s*){2,}", re.IGNORECASE)
_BLOCKS_IN_CELL: Final = "./descendant::*[self::table or self::h1 or self::h2 or self::h3 or self::h4]"


def cleaned(page: HtmlElement) -> str:
    """Markup of the main content. Changes `page`."""
    _drop_furniture(page)
    root = _main(page)
    if root.tag == "body":
        _drop_menus(root)
    _unwrap_layout_tables(root)
    for caption in list(root.iter("caption")):
        # The reader keeps a table's cells alone.
        table = caption.getparent()
        if table is not None and table.tag == "table":
            caption.tag = "p"
            table.addprevious(caption)
    _number_lists(root)
    for element in root.iter(*_RENAMED):
        element.tag = _RENAMED[str(element.tag)]
    markup = lxml.html.tostring(root, encoding="unicode", with_tail=False)
    return f"<html><body><div>{_PARAGRAPH_BREAK.sub('</p><p>', markup)}</div></body></html>"


def title_of(page: HtmlElement) -> str:
    """The page's title; its only h1 where the title merely adds the name of the site."""
    title = clean(" ".join(page.xpath("string(//head/title)").split()))
    headings = [heading for heading in (clean(h1.text_content()) for h1 in page.iter("h1")) if heading]
    if not title:
        return headings[0] if headings else ""
    return headings[0] if len(headings) == 1 and headings[0] in title else title


def _drop_furniture(page: HtmlElement) -> None:
    etree.strip_tags(page, etree.Comment, etree.ProcessingInstruction)
    for element in list(page.iter()):
        if isinstance(element.tag, str) and _is_furniture(element) and element.getparent() is not None:
            element.drop_tree()


def _is_furniture(element: HtmlElement) -> bool:
    tag = str(element.tag)
    if tag in _NEVER_CONTENT or "hidden" in element.attrib or element.get("aria-hidden") == "true":
        return True
    if _HIDDEN_STYLE.search(element.get("style", "")):
        return True
    if tag in ("html", "body", "main", "article"):
        return False
    if element.get("role", "") in _FURNITURE_ROLES:
        return True
    if _COOKIE.search(f"{element.get('id', '')} {element.get('class', '')}"):
        return True
    # Inside an article, header and footer hold its heading and its signature.
    return tag in ("header", "footer", "aside") and not any(
        parent.tag in ("main", "article") for parent in element.iterancestors()
    )


def _main(page: HtmlElement) -> HtmlElement:
    for path in ("//main", "//*[@role='main']", "//article[not(preceding::article or following::article)]", "//body"):
        for found in page.xpath(path):
            if isinstance(found, HtmlElement) and found.text_content().strip():
                return found
    return page


def _drop_menus(root: HtmlElement) -> None:
    """On a page that doesn't say where its content is: lists of nothing but short links."""
    for menu in list(root.iter("ul", "ol")):
        links = [clean(link.text_content()) for link in menu.iter("a")]
        letters = len("".join(links))
        short = len(links) >= _MENU_LINKS and letters <= _MENU_LINK_CHARACTERS * len(links)
        if short and letters >= len(clean(menu.text_content())) * 0.8 and menu.getparent() is not None:
            menu.drop_tree()


def _unwrap_layout_tables(root: HtmlElement) -> None:
    """Old pages place everything in tables: one that holds tables or headings is no table of facts."""
    for table in list(root.iter("table")):
        if table.xpath(_BLOCKS_IN_CELL):
            # Its own rows and cells only; a table inside keeps its.
            for element in table.xpath("./tr|./*/tr|./tr/*|./*/tr/*|./tbody|./thead|./tfoot"):
                element.tag = "div"
            table.tag = "div"


def _number_lists(root: HtmlElement) -> None:
    """Write the number of an ordered list's items, which a citation may need ("punkt 3")."""
    for ordered in root.iter("ol"):
        start = ordered.get("start", "1")
        number = int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1
        for item in ordered.xpath("./li"):
            first = next((child for child in item.xpath("./p")), None)
            target = item if first is None or (item.text or "").strip() else first
            target.text = f"{number}. {(target.text or '').lstrip()}"
            number += 1
