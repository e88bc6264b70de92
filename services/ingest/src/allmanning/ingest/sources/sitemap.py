"""Sitemaps (sitemaps.org, protocol 0.9): the addresses in them, and the sitemaps that an index names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree  # type: ignore[import-untyped]

# The protocol's own limit.
LARGEST_BYTES = 50 * 1024 * 1024
_LONGEST_ADDRESS = 2_048


class NotASitemap(ValueError):
    """It can't be read as one."""


@dataclass
class Sitemap:
    """Pages with the time of their last change as it is written there, and further sitemaps."""

    pages: list[tuple[str, str]] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)


def read(data: bytes) -> Sitemap:
    """What a sitemap says: XML, or plain text with an address a line.

    Raises:
        NotASitemap: also for one that breaks off, which would look as if pages were gone.
    """
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _plain(data)
    found = Sitemap()
    try:
        for kind, place, changed in _entries(data):
            if kind == "sitemap":
                found.sitemaps.append(place)
            else:
                found.pages.append((place, changed))
    except etree.XMLSyntaxError as error:
        raise NotASitemap(str(error)) from error
    return found


def _entries(data: bytes) -> Iterator[tuple[str, str, str]]:
    # No entities, no external files, no documents that take more memory than they have bytes.
    parsing = etree.iterparse(
        BytesIO(data), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    root = ""
    for event, element in parsing:
        if not isinstance(element.tag, str):
            continue
        name = etree.QName(element).localname
        if event == "start":
            if not root:
                root = name
                if root not in ("urlset", "sitemapindex"):
                    raise NotASitemap(f"its root is {root[:40]}")
            continue
        if name in ("url", "sitemap"):
            said = {etree.QName(each).localname: (each.text or "").strip() for each in element if _is_element(each)}
            if 0 < len(said.get("loc", "")) <= _LONGEST_ADDRESS:
                yield name, said["loc"], said.get("lastmod", "")[:40]
            element.clear()
            # Its empty place in the tree would stay.
            while element.getprevious() is not None:
                del element.getparent()[0]


def _is_element(node: etree._Element) -> bool:
    return isinstance(node.tag, str)


def _plain(data: bytes) -> Sitemap:
    try:
        lines = data.decode("utf-8-sig").split()
    except UnicodeDecodeError as error:
        raise NotASitemap("neither XML nor text") from error
    if any(not line.startswith(("http://", "https://")) for line in lines):
        raise NotASitemap("a line that is no address")
    return Sitemap(pages=[(line, "") for line in lines if len(line) <= _LONGEST_ADDRESS])
