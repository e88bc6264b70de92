"""XML that others wrote becomes a tree: nothing is fetched, no entity is expanded, nothing grows without bound."""

from __future__ import annotations

from typing import Final

from lxml import etree  # type: ignore[import-untyped]
from lxml.etree import _Element as Element  # type: ignore[import-untyped]

# ISO/IEC 29500 Strict uses other names for the same things: readers here know the transitional ones.
_STRICT: Final = (
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/presentationml/main", b"http://schemas.openxmlformats.org/presentationml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
)


def tree_of(data: bytes, *, recover: bool = False) -> Element:
    """The root of an XML document; with `recover`, of what can be made of a malformed one.

    Raises:
        lxml.etree.XMLSyntaxError: it is malformed, or too deep or wide to be honest.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )
    root = etree.fromstring(_transitional(data), parser)
    if root is None:
        raise etree.XMLSyntaxError("no element", 0, 0, 0)
    return root


def local(element: Element) -> str:
    """The element's name without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """The attribute with this name in whichever namespace, or none; empty when it is missing."""
    found = element.get(name)
    if found is None:
        found = next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")
    return str(found)


def _transitional(data: bytes) -> bytes:
    if b"purl.oclc.org/ooxml" not in data[:20_000]:
        return data
    for strict, transitional in _STRICT:
        data = data.replace(strict, transitional)
    return data
