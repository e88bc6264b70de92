"""A web site from outside: which addresses belong to it, what its robots.txt allows, and what its sitemaps list."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import httpx2
from protego import Protego

from allmanning.ingest.sources import sitemap
from allmanning.ingest.sources.http import USER_AGENT, Http, HttpFailed, body, gunzipped
from allmanning.ingest.sources.page import joined
from allmanning.ingest.sources.protocol import ItemFailed, SourceUnreachable

_REDIRECTS: Final = 5
# RFC 9309 wants at least 500 KiB read.
_ROBOTS_BYTES: Final = 1024 * 1024
_MOST_SITEMAPS: Final = 2_000
_LONGEST_CRAWL_DELAY_S: Final = 60.0


def same_site(one: httpx2.URL, other: httpx2.URL) -> bool:
    """Whether both are on one host, with or without www., and the same port or each on its scheme's own."""
    return one.host.removeprefix("www.") == other.host.removeprefix("www.") and one.port == other.port


def _read(data: bytes) -> sitemap.Sitemap:
    return sitemap.read(gunzipped(data, sitemap.LARGEST_BYTES))


class Site:
    """Asks for one site's robots.txt and sitemaps."""

    def __init__(self, http: Http, start: httpx2.URL) -> None:
        self._http = http
        self._start = start
        self._robots: Protego | None = None

    async def open(self) -> None:
        """Read robots.txt. Raises `SourceUnreachable`: while it can't be read, all is forbidden (RFC 9309)."""
        status, data = await self._read(self._start.copy_with(path="/robots.txt", query=None), _ROBOTS_BYTES)
        if status >= httpx2.codes.INTERNAL_SERVER_ERROR or status == httpx2.codes.TOO_MANY_REQUESTS:
            raise SourceUnreachable("source.unreachable", f"Webbplatsens robots.txt svarar HTTP {status}.")
        allowed_text = data.decode("utf-8", "replace") if status == httpx2.codes.OK else ""
        self._robots = Protego.parse(allowed_text)
        delay_s = self._robots.crawl_delay(USER_AGENT) or 0.0
        self._http.delay_s = max(self._http.delay_s, min(delay_s, _LONGEST_CRAWL_DELAY_S))

    def allows(self, url: httpx2.URL) -> bool:
        return self._robots is not None and self._robots.can_fetch(str(url), USER_AGENT)

    async def pages(self) -> AsyncIterator[tuple[httpx2.URL, str]]:
        """Address and time of change, as the sitemaps list them.

        Raises:
            SourceUnreachable: a sitemap can't be read; what the others list came before.
        """
        waiting = self._first()
        seen: set[str] = set()
        broken: SourceUnreachable | None = None
        while waiting:
            place = waiting.pop(0)
            if str(place) in seen:
                continue
            seen.add(str(place))
            if len(seen) > _MOST_SITEMAPS:
                raise SourceUnreachable("source.sitemap_invalid", f"Fler än {_MOST_SITEMAPS} webbplatskartor.")
            try:
                found = await self._sitemap(place)
            except SourceUnreachable as error:
                broken = error
                continue
            waiting += [url for each in found.sitemaps if (url := joined(place, each)) and same_site(url, self._start)]
            for written, changed in found.pages:
                if (url := joined(place, written)) and same_site(url, self._start):
                    yield url, changed
        if broken:
            raise broken

    def _first(self) -> list[httpx2.URL]:
        if self._start.path.endswith((".xml", ".xml.gz", ".txt")):
            return [self._start]
        named = [joined(self._start, each) for each in (self._robots.sitemaps if self._robots else ())]
        ours = [each for each in named if each and same_site(each, self._start)]
        return ours or [self._start.copy_with(path="/sitemap.xml", query=None)]

    async def _sitemap(self, place: httpx2.URL) -> sitemap.Sitemap:
        if not self.allows(place):
            raise SourceUnreachable("source.robots_forbidden", f"Webbplatsens robots.txt förbjuder {place}.")
        try:
            status, data = await self._read(place, sitemap.LARGEST_BYTES)
            if status != httpx2.codes.OK:
                raise SourceUnreachable("source.unreachable", f"Webbplatskartan {place} svarar HTTP {status}.")
            return await asyncio.to_thread(_read, data)
        except sitemap.NotASitemap as error:
            text = f"{place} går inte att läsa som webbplatskarta. (Not a sitemap.)"
            raise SourceUnreachable("source.sitemap_invalid", text) from error
        except ItemFailed as error:
            raise SourceUnreachable(error.code, f"{place}: {error.message}") from error

    async def _read(self, url: httpx2.URL, largest: int) -> tuple[int, bytes]:
        """Status and body, after redirects within the site. Raises `SourceUnreachable`, `ItemFailed`."""
        for _ in range(_REDIRECTS):
            try:
                async with self._http.request("GET", url) as response:
                    if not response.is_redirect:
                        done = response.status_code == httpx2.codes.OK
                        return response.status_code, await body(response, largest) if done else b""
                    target = joined(url, response.headers.get("location", ""))
            except HttpFailed as error:
                raise SourceUnreachable(error.code, f"{url}: {error.message}") from error
            if target is None or not same_site(target, self._start):
                raise SourceUnreachable("source.redirected_away", f"{url} leder till en annan webbplats.")
            url = target
        raise SourceUnreachable("source.redirected_away", f"{url} leder runt i en ring.")
