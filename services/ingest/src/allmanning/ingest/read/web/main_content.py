"""Where on a page its author's words are: the main content, and contact boxes that stand beside it."""

from __future__ import annotations

import re
from typing import Final

from lxml.html import HtmlElement  # type: ignore[import-untyped]

from allmanning.ingest.read.document import clean

# As the page says it; then as the common publishing tools do: SiteVision's page area, WordPress's article.
_SAID: Final = ("//main", "//*[@role='main']")
_TOOLS: Final = ("pagecontent", "entry-content", "post-content", "article-content", "page-content", "main-content")
_IDS: Final = ("content", "main", "maincontent", "main-content", "innehall", "innehåll")
_ARTICLE: Final = "//article[not(preceding::article or following::article)]"
_FEWEST_CHARACTERS: Final = 40
_MODULE_SHARE: Final = 4
_CONTACT: Final = re.compile(r"\b(?:kontakt\w*|öppettider|telefontider|besöksadress|contact)\b", re.IGNORECASE)
_REACHED: Final = re.compile(
    r"\b(?:telefon|öppet|öppettid\w*|e-post|epost|besöksadress|tfn)\b|\b0\d{1,3}\s?-\s?\d", re.IGNORECASE
)
_LONGEST_BOX: Final = 1_500
_AROUND: Final = frozenset({"header", "footer", "nav"})


def main_of(page: HtmlElement) -> HtmlElement:
    """The element that holds the main content; the body when the page does not tell."""
    area = _area(page)
    for path in _SAID:
        found = _fullest(page.xpath(path))
        # A module of SiteVision may call itself main, beside the page's own text.
        if found is not None and (area is None or _length(found) * _MODULE_SHARE >= _length(area)):
            return found
    if area is not None:
        return area
    named = [each for each in page.xpath("//*[@id]") if each.get("id", "").lower() in _IDS]
    found = _fullest([*page.xpath(_ARTICLE), *(each for each in named if _is_most(each, page))])
    if found is not None:
        return found
    bodies = page.xpath("//body")
    return bodies[0] if bodies else page


def _area(page: HtmlElement) -> HtmlElement | None:
    """What holds the areas that a publishing tool marks as the page's own text, with its heading."""
    for name in _TOOLS:
        areas = [each for each in page.xpath(f"//*[contains(@class, '{name}')]") if name in _names(each)]
        areas = [each for each in areas if _length(each) >= _FEWEST_CHARACTERS]
        if areas:
            return _with_title(_around(areas))
    return None


def contact_boxes(page: HtmlElement, main: HtmlElement) -> list[HtmlElement]:
    """Boxes beside the main content that say how somebody is reached: a caller asks for just that."""
    inside = {*main.iter(), *main.iterancestors()}
    found: list[HtmlElement] = []
    for element in page.iter("aside", "section", "div"):
        around = set(element.iterancestors())
        if element in inside or around & set(found) or any(each.tag in _AROUND for each in around):
            continue
        if is_contact(element):
            found.append(element)
    return found


def is_contact(element: HtmlElement) -> bool:
    """Whether a box names contact or opening hours, and says them."""
    text = clean(element.text_content())
    named = _CONTACT.search(f"{element.get('class', '')} {element.get('id', '')}") or _CONTACT.match(text)
    return bool(named) and len(text) <= _LONGEST_BOX and _REACHED.search(text) is not None


def _fullest(elements: list[HtmlElement]) -> HtmlElement | None:
    written = [each for each in elements if _length(each) >= 1]
    return max(written, key=_length, default=None)


def _length(element: HtmlElement) -> int:
    return len(clean(element.text_content()))


def _is_most(element: HtmlElement, page: HtmlElement) -> bool:
    return _length(element) * 3 >= _length(page)


def _names(element: HtmlElement) -> list[str]:
    return str(element.get("class", "")).lower().split()


def _around(areas: list[HtmlElement]) -> HtmlElement:
    """The smallest element that holds all of them."""
    first, rest = areas[0], areas[1:]
    for candidate in (first, *first.iterancestors()):
        inside = set(candidate.iter())
        if all(each in inside for each in rest):
            return candidate
    return first


def _with_title(area: HtmlElement) -> HtmlElement:
    """The area, or what holds it together with its heading: an article's title often stands before its text."""
    if next(area.iter("h1"), None) is not None:
        return area
    for around in area.iterancestors():
        if around.tag in ("body", "html"):
            break
        if next(around.iter("h1"), None) is not None and _length(around) <= _length(area) * 1.5 + 300:
            return around
        if around.tag == "article":
            return around
    return area
