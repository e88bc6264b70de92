"""A web site, by its sitemap: pages, and with `include_files` the documents that they link to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path, PurePosixPath
from typing import ClassVar, Final

import httpx2

from allmanning.contracts.ingest.v1.ingest_pb import Source as SourceMessage
from allmanning.ingest.sources import options, page
from allmanning.ingest.sources.http import Http, HttpFailed, Silence, address, check_found, save
from allmanning.ingest.sources.protocol import Fetched, Item, ItemFailed, SourceUnreachable, Surroundings
from allmanning.ingest.sources.site import Site, same_site

_PAGES: Final = {"text/html": ".html", "application/xhtml+xml": ".html"}
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_FILES: Final = {
    "application/pdf": ".pdf",
    f"{_OFFICE}wordprocessingml.document": ".docx",
    f"{_OFFICE}spreadsheetml.sheet": ".xlsx",
    f"{_OFFICE}presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/rtf": ".rtf",
    "text/plain": ".txt",
    "text/markdown": ".md",
}


class WebsiteSource:
    """Follows what the sitemap lists; a page that names another as the canonical one is left for that one."""

    kind: ClassVar[str] = "website"
    options: ClassVar[Mapping[str, str]] = {
        "include": "Mönster för adressers sökvägar som tas med, till exempel /bygga/*.",
        "exclude": "Mönster för sökvägar som lämnas.",
        "include_files": "Även dokument på samma webbplats som sidorna länkar till (false).",
        "max_pages": "Högst så många sidor och filer (10000).",
        "delay_s": "Kortaste tid mellan två frågor i sekunder (1); robots.txt kan kräva längre.",
        "trust_lastmod": "Fråga inte efter sidor vars tid i webbplatskartan är densamma (false).",
    }

    def __init__(self, source: SourceMessage, surroundings: Surroundings) -> None:
        """Raises `InvalidInput`: `source.location_invalid`, `source.option_invalid`."""
        self._start = address(source.location)
        given = source.options
        self._include = options.words(given, "include")
        self._exclude = options.words(given, "exclude")
        self._files = options.flag(given, "include_files", default=False)
        self._most = options.whole_number(given, "max_pages", 10_000, most=1_000_000)
        self._trust_lastmod = options.flag(given, "trust_lastmod", default=False)
        self._http = Http(surroundings, delay_s=options.seconds(given, "delay_s", 1.0, most=3600.0))
        self._site = Site(self._http, self._start)
        self._largest = surroundings.largest_bytes
        self._silence = Silence()
        # Found on pages, and not listed yet.
        self._linked: dict[str, None] = {}
        self._changed: dict[str, str] = {}
        self._aliases: set[str] = set()

    async def items(self) -> AsyncIterator[Item]:
        await self._site.open()
        listed: set[str] = set()
        async for url, changed in self._site.pages():
            if self._wanted(url) and str(url) not in listed:
                listed.add(str(url))
                self._changed[str(url)] = changed
                yield self._item(url, len(listed))
        unread = [each for each in self._linked if each not in listed]
        while unread:
            for each in unread:
                listed.add(each)
                yield self._item(httpx2.URL(each), len(listed))
            unread = [each for each in self._linked if each not in listed]

    async def fetch(self, item: Item, known: str, into: Path) -> Fetched | None:
        before: dict[str, object] = json.loads(known) if known else {}
        if before and self._trust_lastmod and before.get("lastmod") and before["lastmod"] == self._lastmod(item):
            self._follow(item, before)
            return None
        headers = {
            name: str(before[key])
            for name, key in (("If-None-Match", "etag"), ("If-Modified-Since", "modified"))
            if before.get(key)
        }
        url = httpx2.URL(item.uri)
        try:
            async with self._http.request("GET", url, headers) as response:
                self._silence.broken()
                if before and response.status_code == httpx2.codes.NOT_MODIFIED:
                    self._follow(item, before)
                    return None
                return await self._taken(item, url, response, into)
        except HttpFailed as error:
            self._silence.goes_on(error)
            raise

    async def close(self) -> None:
        await self._http.close()

    async def _taken(self, item: Item, url: httpx2.URL, response: httpx2.Response, into: Path) -> Fetched:
        if response.is_redirect:
            target = page.joined(url, response.headers.get("location", ""))
            if target is None or not same_site(target, self._start):
                raise ItemFailed("source.redirected_away", "Sidan leder till en annan webbplats.")
            return self._alias(item, target, {})
        check_found(response, "Sidan")
        state: dict[str, object] = {
            "etag": response.headers.get("etag", ""),
            "modified": response.headers.get("last-modified", ""),
            "lastmod": self._lastmod(item),
        }
        extension = _extension(url, response)
        if extension is None or page.says_noindex(response.headers.get("x-robots-tag", "")):
            return Fetched(json.dumps(state), skipped=True)
        await save(response, into, self._largest)
        name = PurePosixPath(url.path).name or "index"
        filename = name if name.lower().endswith(extension) else name + extension
        if extension != ".html":
            return Fetched(json.dumps(state), filename)
        return await self._page(item, url, into, filename, state)

    async def _page(self, item: Item, url: httpx2.URL, into: Path, filename: str, state: dict[str, object]) -> Fetched:
        found = await asyncio.to_thread(_looked_at, into, url)
        canonical = page.joined(url, found.canonical) if found.canonical else None
        # A site whose every page names the first one has made a mistake.
        if canonical and canonical != url and same_site(canonical, self._start) and canonical.path != "/":
            return self._alias(item, canonical, state, Fetched("", filename))
        if found.hidden:
            return Fetched(json.dumps(state), skipped=True)
        if self._files:
            state["links"] = [each for each in found.links if self._is_file(each)]
            self._follow(item, state)
        return Fetched(json.dumps(state), filename)

    def _alias(
        self, item: Item, target: httpx2.URL, state: dict[str, object], otherwise: Fetched | None = None
    ) -> Fetched:
        """The item is another address of `target`, unless that one has been left for this one."""
        if otherwise and str(target) in self._aliases:
            return Fetched(json.dumps(state), otherwise.filename)
        state["canonical"] = str(target)
        self._follow(item, state)
        return Fetched(json.dumps(state), skipped=True)

    def _follow(self, item: Item, state: Mapping[str, object]) -> None:
        """Remember to list what a page leads to."""
        if canonical := state.get("canonical"):
            self._aliases.add(item.uri)
            self._add(str(canonical))
        links = state.get("links")
        for each in links if self._files and isinstance(links, list) else ():
            self._add(str(each))

    def _add(self, written: str) -> None:
        if self._wanted(httpx2.URL(written)):
            self._linked[written] = None

    def _item(self, url: httpx2.URL, number: int) -> Item:
        if number > self._most:
            text = f"Webbplatsen har fler än {self._most} sidor. Höj max_pages eller välj med include."
            raise SourceUnreachable("source.too_many_pages", text)
        problem = None
        if not self._site.allows(url):
            problem = ItemFailed("source.robots_forbidden", "Webbplatsens robots.txt tillåter inte att sidan hämtas.")
        return Item(str(url), PurePosixPath(url.path).name or "index", problem=problem)

    def _wanted(self, url: httpx2.URL) -> bool:
        return options.wanted(url.path, self._include, self._exclude)

    def _is_file(self, written: str) -> bool:
        url = httpx2.URL(written)
        return same_site(url, self._start) and PurePosixPath(url.path).suffix.lower() in _FILES.values()

    def _lastmod(self, item: Item) -> str:
        return self._changed.get(item.uri, "")


def _extension(url: httpx2.URL, response: httpx2.Response) -> str | None:
    """The extension of a kind that is taken; None for every other, such as pictures."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("", "application/octet-stream"):
        suffix = PurePosixPath(url.path).suffix.lower()
        return suffix if suffix in _FILES.values() else None
    return (_PAGES | _FILES).get(kind)


def _looked_at(path: Path, url: httpx2.URL) -> page.Page:
    with path.open("rb") as file:
        return page.read(file.read(page.LOOKED_AT_BYTES), url)
