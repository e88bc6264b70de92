"""A folder on a WebDAV server, such as Nextcloud or a document system that speaks it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path, PurePosixPath
from typing import ClassVar, Final
from urllib.parse import quote, unquote

import httpx2

from allmanning.contracts.ingest.v1.ingest_pb import Source as SourceMessage
from allmanning.ingest.sources import multistatus, options
from allmanning.ingest.sources.folder_rules import is_document
from allmanning.ingest.sources.http import Http, HttpFailed, Silence, address, body, check_found, save
from allmanning.ingest.sources.protocol import Fetched, Item, ItemFailed, SourceUnreachable, Surroundings
from allmanning.runtime.errors import InvalidInput

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_LARGEST_LIST: Final = 50 * 1024 * 1024
_DEEPEST: Final = 40


class WebDavSource:
    """Files below a WebDAV folder, known by their addresses. Hidden files and those with `_` first are left."""

    kind: ClassVar[str] = "webdav"
    options: ClassVar[Mapping[str, str]] = {
        "user": "Användarnamn; lösenordet lägger den som driver plattformen i ALLMANNING_SOURCE_PASSWORDS.",
        "recursive": "Även undermappar (true).",
        "include": "Mönster för sökvägar som tas med, till exempel *.pdf.",
        "exclude": "Mönster för sökvägar som lämnas.",
        "delay_s": "Kortaste tid mellan två frågor i sekunder (0).",
    }

    def __init__(self, source: SourceMessage, surroundings: Surroundings) -> None:
        """Raises `InvalidInput`: `source.location_invalid`, `source.option_invalid`, `source.password_missing`."""
        root = address(source.location)
        given = source.options
        user = given.get("user", "")
        if user and root.scheme != "https" and root.host not in _LOOPBACK:
            raise InvalidInput("source.location_invalid", "Lösenord skickas bara över https. (Use https.)")
        if user and not surroundings.password:
            raise InvalidInput(
                "source.password_missing",
                "Lösenordet saknas. Den som driver plattformen lägger det i ALLMANNING_SOURCE_PASSWORDS under "
                "myndighet/källa. (The operator has set no password.)",
            )
        self._root = _encoded(root, _path(root).rstrip("/") + "/")
        self._recursive = options.flag(given, "recursive", default=True)
        self._include = options.words(given, "include")
        self._exclude = options.words(given, "exclude")
        auth = (user, surroundings.password) if user else None
        self._http = Http(surroundings, delay_s=options.seconds(given, "delay_s", 0.0, most=3600.0), auth=auth)
        self._largest = surroundings.largest_bytes
        self._silence = Silence()

    async def items(self) -> AsyncIterator[Item]:
        waiting, seen = [self._root], {_path(self._root)}
        broken: SourceUnreachable | None = None
        while waiting:
            folder = waiting.pop(0)
            try:
                entries = await self._entries(folder)
            except SourceUnreachable as error:
                if folder == self._root:
                    raise
                broken = error
                continue
            for url, entry in sorted(entries, key=lambda each: _path(each[0])):
                place = _path(url).removeprefix(_path(self._root))
                if not all(is_document(part) for part in PurePosixPath(place).parts):
                    continue
                if not entry.folder and options.wanted(place, self._include, self._exclude):
                    yield Item(str(url), PurePosixPath(place).name, entry.fingerprint)
                elif entry.folder and self._recursive and _path(url) not in seen and place.count("/") < _DEEPEST:
                    seen.add(_path(url))
                    waiting.append(url)
        if broken:
            raise broken

    async def fetch(self, item: Item, known: str, into: Path) -> Fetched | None:
        headers = {"If-None-Match": known} if known.startswith(('"', "W/")) else {}
        try:
            async with self._http.request("GET", httpx2.URL(item.uri), headers) as response:
                self._silence.broken()
                status = response.status_code
                if known and status == httpx2.codes.NOT_MODIFIED:
                    return None
                if status == httpx2.codes.UNAUTHORIZED:
                    raise _login_refused()
                check_found(response, "Filen")
                await save(response, into, self._largest)
                # What the list said comes again in the next list; without it, the answer may tell.
                return Fetched(item.fingerprint or response.headers.get("etag", "") or "unknown")
        except HttpFailed as error:
            self._silence.goes_on(error)
            raise

    async def close(self) -> None:
        await self._http.close()

    async def _entries(self, folder: httpx2.URL) -> list[tuple[httpx2.URL, multistatus.Entry]]:
        """What lies in a folder, without itself and without anything outside the root."""
        headers = {"Depth": "1", "Content-Type": "application/xml; charset=utf-8"}
        try:
            async with self._http.request("PROPFIND", folder, headers, multistatus.ASKED) as response:
                status = response.status_code
                if status == httpx2.codes.UNAUTHORIZED:
                    raise _login_refused()
                if status != httpx2.codes.MULTI_STATUS:
                    raise SourceUnreachable("source.unreachable", f"Mappen {folder} svarar HTTP {status}.")
                found = await asyncio.to_thread(multistatus.read, await body(response, _LARGEST_LIST))
        except multistatus.NotMultistatus as error:
            text = f"{folder} svarar inte som en WebDAV-mapp. (Not a WebDAV answer.)"
            raise SourceUnreachable("source.unreachable", text) from error
        except ItemFailed as error:
            raise SourceUnreachable(error.code, f"{folder}: {error.message}") from error
        inside = [(self._url(folder, each.href), each) for each in found]
        # Servers name the folder itself with or without its last slash.
        return [(url, each) for url, each in inside if url and _path(url).rstrip("/") != _path(folder).rstrip("/")]

    def _url(self, folder: httpx2.URL, href: str) -> httpx2.URL | None:
        """The address of an entry in one spelling; servers write paths or whole addresses, escaped or not."""
        try:
            url = folder.join(href.replace(" ", "%20"))
        except (httpx2.InvalidURL, ValueError):
            return None
        path = _path(url)
        if not path.startswith(_path(self._root)) or ".." in PurePosixPath(path).parts:
            return None
        # Behind a proxy a server may know itself by another name: its paths are what counts.
        return _encoded(self._root, path)


def _path(url: httpx2.URL) -> str:
    return unquote(url.raw_path.partition(b"?")[0].decode("ascii"))


def _encoded(url: httpx2.URL, path: str) -> httpx2.URL:
    return url.copy_with(raw_path=quote(path, safe="/").encode("ascii"), fragment=None)


def _login_refused() -> SourceUnreachable:
    return SourceUnreachable(
        "source.login_refused", "Servern godtar inte användarnamnet och lösenordet. (The login was refused.)"
    )
