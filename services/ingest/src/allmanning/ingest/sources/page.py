"""What a web page says about itself and links to, as far as fetching needs it.

The service itself must not parse what strangers write, so this only looks for whole tags, in time linear to the size;
the page is read in a parse process later.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

import httpx2

# Where canonical links and the links of even very long pages are.
LOOKED_AT_BYTES: Final = 4 * 1024 * 1024
_MOST_LINKS: Final = 2_000
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_TAG: Final = re.compile(r"<(a|link|meta|base)\s([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""([a-z-]{1,30})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """`canonical` is empty when the page names none."""

    canonical: str
    hidden: bool
    links: tuple[str, ...]


def read(data: bytes, url: httpx2.URL) -> Page:
    """Addresses are absolute and without fragment."""
    text = _COMMENT.sub("", data[:LOOKED_AT_BYTES].decode("utf-8", "replace"))
    base, canonical, hidden = url, "", False
    links: dict[str, None] = {}
    for tag, written in _TAG.findall(text):
        said = {name.lower(): html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(written)}
        href = said.get("href", "").strip()
        match tag.lower():
            case "base" if href:
                base = joined(url, href) or url
            case "link" if href and "canonical" in said.get("rel", "").lower().split():
                canonical = canonical or str(joined(base, href) or "")
            case "meta" if said.get("name", "").lower() in ("robots", "allmanning"):
                hidden = hidden or says_noindex(said.get("content", ""))
            case "a" if href and len(links) < _MOST_LINKS and (found := joined(base, href)):
                links[str(found)] = None
            case _:
                pass
    return Page(canonical, hidden, tuple(links))


def says_noindex(directives: str) -> bool:
    """Whether a robots meta tag or an X-Robots-Tag header asks that the page is not found by searches."""
    return bool({"noindex", "none"} & set(directives.lower().replace(":", ",").replace(" ", "").split(",")))


def joined(base: httpx2.URL, href: str) -> httpx2.URL | None:
    """The address that `href` means on a page at `base`; None when it is none that can be fetched."""
    try:
        url = base.join(href).copy_with(fragment=None)
    except (httpx2.InvalidURL, ValueError):
        return None
    return url if url.scheme in ("http", "https") and url.host else None
