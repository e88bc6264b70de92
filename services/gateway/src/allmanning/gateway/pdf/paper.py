"""What of an HTML page goes on paper: its `main` as a tree, without what asks for something or leads somewhere else.

A node is a text, or `{"tag", "kids"}` with `lang`, `dir`, `href`, `start`, `span`, `level`, or `svg` and `alt`, where
the element has them. What was folded is read; forms and menus are left out, as when the page is printed
(`web/static/print.css`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from allmanning.gateway.pdf.elements import Element, tree
from allmanning.gateway.pdf.picture import picture
from allmanning.runtime.record import Json

_LEFT_OUT: Final = frozenset(
    {"button", "datalist", "form", "head", "input", "meter", "nav", "script", "select", "style", "template", "textarea"}
)
_LEFT_OUT_CLASSES: Final = frozenset({"after", "back", "choices", "download", "hidden", "screen-only", "skip"})
# What stands in a form all the same: a list whose rows are chosen in it.
_KEPT_IN_FORM: Final = frozenset({"table", "ol"})
_HEADING: Final = re.compile(r"h[2-6]")
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")


@dataclass(frozen=True)
class Paper:
    """A page's heading, its language and what stands below the heading; `moments` are the times it tells."""

    title: str
    language: str
    body: list[Json]
    moments: list[str]


def paper(html: str, address: str = "") -> Paper:
    """The page as it goes on paper. `address` is its own, from which its links lead; links to nowhere are text."""
    root = tree(html)
    main = root.first("main") or root.first("body") or root
    heading = main.first("h1") or root.first("title")
    made = _Nodes(address)
    return Paper(
        title=" ".join(_text(heading).split()) if heading else "",
        language=(root.first("html") or root).attributes.get("lang", "sv"),
        body=made.below(main),
        moments=made.moments,
    )


class _Nodes:
    """Elements as nodes; keeps which level of heading came last, since no level may be skipped (PDF/UA-1, 7.4.2)."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._level = 0
        self.moments: list[str] = []

    def below(self, element: Element, *, verbatim: bool = False, in_form: bool = False) -> list[Json]:
        """What is in the element; `verbatim`: spaces and lines as they are."""
        nodes: list[Json] = []
        for kid in element.kids:
            if isinstance(kid, str):
                if not in_form:
                    nodes.append(kid if verbatim else _SPACE.sub(" ", kid))
            elif kid.tag == "form" or (in_form and kid.tag not in _KEPT_IN_FORM):
                nodes += self.below(kid, in_form=True)
            elif not _left_out(kid):
                nodes.append(self._node(kid, verbatim=verbatim))
        return nodes

    def _node(self, element: Element, *, verbatim: bool) -> Json:
        attributes, tag = element.attributes, element.tag
        if tag == "svg":
            name = element.first("title")
            return {"tag": tag, "svg": picture(element), "alt": _text(name) if name else ""}
        if tag == "img":
            return attributes.get("alt", "")
        if tag == "time":
            self.moments.append(attributes.get("datetime", ""))
        node: dict[str, Json] = {name: attributes[name] for name in ("lang", "dir", "start") if attributes.get(name)}
        if tag in {"td", "th"}:
            node["span"] = int(attributes.get("colspan", "1"))
        if tag == "a" and (link := self._link(attributes.get("href", ""))):
            node["href"] = link
        if _HEADING.fullmatch(tag):
            self._level = min(int(tag[1]) - 1, self._level + 1)
            tag, node["level"] = "heading", self._level
        verbatim = verbatim or tag == "pre" or "pre-line" in element.classes
        return {**node, "tag": tag, "kids": self.below(element, verbatim=verbatim)}

    def _link(self, reference: str) -> str:
        if not reference or reference.startswith("#"):
            return ""
        whole = urljoin(self._address, reference)
        return whole if urlsplit(whole).scheme in {"http", "https", "mailto"} else ""


def _left_out(element: Element) -> bool:
    # The heading is the document's title.
    by_tag = element.tag in _LEFT_OUT or element.tag == "h1"
    return by_tag or "hidden" in element.attributes or bool(element.classes & _LEFT_OUT_CLASSES)


def _text(element: Element) -> str:
    kids = [kid for kid in element.kids if isinstance(kid, str) or not _left_out(kid)]
    return "".join(kid if isinstance(kid, str) else _text(kid) for kid in kids)
