"""Sitemaps are read whole or not at all."""

from __future__ import annotations

import pytest

from allmanning.ingest.sources import sitemap

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'


def test_pages_and_further_sitemaps() -> None:
    pages = sitemap.read(
        HEAD + b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:i="urn:i"><url>'
        b"<loc> https://x.se/a?b=1&amp;c </loc><lastmod>2026-11-01</lastmod><i:image><i:loc>https://x.se/b.png</i:loc></i:image></url>"
        b"<url><priority>1</priority></url><!-- x --></urlset>"
    )
    assert (pages.pages, pages.sitemaps) == ([("https://x.se/a?b=1&c", "2026-11-01")], [])
    index = sitemap.read(b"<sitemapindex><sitemap><loc>/b.xml</loc></sitemap></sitemapindex>")
    assert (index.pages, index.sitemaps) == ([], ["/b.xml"])
    assert sitemap.read("\ufeffhttps://x.se/a\r\nhttps://x.se/b\n".encode()).pages[1] == ("https://x.se/b", "")


@pytest.mark.parametrize(
    "data",
    [
        b"<urlset><url><loc>https://x.se/a</loc></url>",
        b"<html><body>Hej</body></html>",
        b"Sidan finns inte",
        b"\xff\xfe\x00",
        b"<" * 10_000,
        b"<urlset>" + b"<a>" * 5_000,
    ],
)
def test_what_is_broken_or_something_else_is_no_sitemap(data: bytes) -> None:
    with pytest.raises(sitemap.NotASitemap):
        sitemap.read(data)


def test_entities_are_neither_read_nor_expanded() -> None:
    written = b'<!DOCTYPE u [<!ENTITY a "aaaaaaaaaa"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    entries = b"<urlset><url><loc>https://x.se/&a;</loc></url><url><loc>https://x.se/&f;</loc></url></urlset>"
    assert [place for place, _ in sitemap.read(HEAD + written + entries).pages] == ["https://x.se/"] * 2
    bomb = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    with pytest.raises(sitemap.NotASitemap):
        sitemap.read(b'<!DOCTYPE u [<!ENTITY a "aaaaaaaaaa">' + bomb + b"]><urlset><url><loc>&j;</loc></url></urlset>")
