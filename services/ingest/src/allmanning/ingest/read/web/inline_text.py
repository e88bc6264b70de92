"""The words inside an element as they are read: breaks and blocks part words, and a footnote's mark is not glued on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml.html import HtmlElement  # type: ignore[import-untyped]

# Inside a run of text these do not begin a new line; every other tag does.
INLINE: Final = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn", "em", "font"}
    | {"i", "img", "ins", "kbd", "label", "mark", "nobr", "output", "picture", "q", "rb", "rp", "rt", "ruby", "s"}
    | {"samp", "slot", "small", "source", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)
_BREAK: Final = "\n"
_REFERENCE: Final = re.compile(r"\[?\(?(\d{1,3}|\*{1,3}|[a-z])\)?\]?")


def text_of(element: HtmlElement) -> str:
    """Its text; a line break where the page has one, white space not yet made single."""
    return "".join(_pieces(element))


def reference_of(element: HtmlElement) -> str:
    """The mark of a footnote that this refers to, such as "1"; empty when it is no such reference."""
    if element.tag not in ("sup", "a"):
        return ""
    link = element if element.tag == "a" else next(element.iter("a"), None)
    if link is None or "#" not in link.get("href", ""):
        return ""
    if element.tag == "a" and element.get("role") != "doc-noteref" and "footnote" not in element.get("class", ""):
        return ""
    match = _REFERENCE.fullmatch("".join(element.itertext()).strip())
    return match[1] if match else ""


def _pieces(element: HtmlElement) -> Iterator[str]:
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            if child.tag == "br":
                yield _BREAK
            elif reference := reference_of(child):
                yield f" [{reference}]"
            elif child.tag in INLINE:
                yield from _pieces(child)
            else:
                yield " "
                yield from _pieces(child)
                yield " "
        if child.tail:
            yield child.tail
