"""A page's SVG as a document of its own, in the colours of paper: on the page its style sheet has them."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape, quoteattr

from allmanning.gateway.pdf.elements import Element

# html.parser lowers the case of names; this is what pages have whose case matters.
_CASED: Final = {"viewbox": "viewBox"}
_STYLE: Final = (
    ".rule{stroke:#c9d2cc;stroke-width:1}.bar-some{fill:#1e5b3c}.bar-none{fill:none}"
    "text{font-family:'Source Sans Pro';font-size:14px;fill:#4a5750}.scale{text-anchor:end}"
)


def picture(svg: Element) -> str:
    """The `svg` element as SVG."""
    attributes = {**svg.attributes, "xmlns": "http://www.w3.org/2000/svg"}
    return _as_xml(Element("svg", attributes, [Element("style", {}, [_STYLE]), *svg.kids]))


def _as_xml(each: Element | str) -> str:
    if isinstance(each, str):
        return escape(each)
    attributes = "".join(f" {_CASED.get(name, name)}={quoteattr(value)}" for name, value in each.attributes.items())
    return f"<{each.tag}{attributes}>{''.join(map(_as_xml, each.kids))}</{each.tag}>"
