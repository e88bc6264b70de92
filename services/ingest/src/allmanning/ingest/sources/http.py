"""HTTP as sources use it: one request at a time, bounded, without cookies, and never into our own network."""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO, Final

import httpx2

from allmanning.ingest.sources.protocol import ItemFailed, ItemGone, SourceUnreachable, Surroundings
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.guarded_http import GuardedTransport, address_refused

# The first word is what a robots.txt calls us.
USER_AGENT: Final = f"allmanning/{version('allmanning-ingest')} (document index of a public authority)"
_TIMEOUT: Final = httpx2.Timeout(30.0)
_PIECE: Final = 256 * 1024
_MEGABYTE: Final = 1024 * 1024
# Longest wait that a busy server may ask for before its item is left for the next run.
_LONGEST_WAIT_S: Final = 120.0
_BUSY: Final = (429, 503)
_SILENT_ITEMS: Final = 5
_GONE: Final = (httpx2.codes.NOT_FOUND, httpx2.codes.GONE)

# It would log every address, and addresses may tell of people.
logging.getLogger("httpx2").setLevel(logging.WARNING)


class HttpFailed(ItemFailed):
    """No answer at all."""


class Silence:
    """Counts the items in a row that got no answer: after five the whole source is away."""

    def __init__(self) -> None:
        self._items = 0

    def broken(self) -> None:
        """There was an answer."""
        self._items = 0

    def goes_on(self, error: HttpFailed) -> None:
        """One more item had no answer. Raises `SourceUnreachable`, with the error's code, after the fifth."""
        self._items += 1
        if self._items >= _SILENT_ITEMS:
            raise SourceUnreachable(error.code, error.message) from error


def check_found(response: httpx2.Response, what: str) -> None:
    """Raises `ItemGone`: `source.item_gone`, or `ItemFailed`: `source.item_failed`, unless the item is there."""
    status = response.status_code
    if status in _GONE:
        raise ItemGone("source.item_gone", f"{what} finns inte längre (HTTP {status}).")
    if status != httpx2.codes.OK:
        raise ItemFailed("source.item_failed", f"Servern svarar HTTP {status}.")


def address(written: str) -> httpx2.URL:
    """Raises `InvalidInput`: `source.location_invalid`, for anything but http and https, and for written passwords."""
    try:
        url = httpx2.URL(written)
    except (httpx2.InvalidURL, ValueError) as error:
        raise InvalidInput("source.location_invalid", "Adressen går inte att tolka. (Invalid address.)") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise InvalidInput("source.location_invalid", "Adressen ska börja med https:// eller http://.")
    if url.userinfo:
        text = "Skriv inte lösenord i adressen: det läggs i ALLMANNING_SOURCE_PASSWORDS. (No password in the address.)"
        raise InvalidInput("source.location_invalid", text)
    return url.copy_with(fragment=None)


class Http:
    """A client for one run of one source."""

    def __init__(
        self, surroundings: Surroundings, *, delay_s: float = 0.0, auth: tuple[str, str] | None = None
    ) -> None:
        """`delay_s`: shortest time from the start of one request to that of the next."""
        self.delay_s = delay_s
        self._private_hosts = surroundings.private_hosts
        self._auth = auth
        self._client: httpx2.AsyncClient | None = None
        self._free_at = 0.0

    @asynccontextmanager
    async def request(
        self, method: str, url: httpx2.URL, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> AsyncIterator[httpx2.Response]:
        """The answer to one request, not followed when it points elsewhere; its body is still to be read.

        Raises:
            HttpFailed: `source.no_answer`, `source.address_refused`.
        """
        waited = False
        while True:
            await self._politely()
            sent = {"Accept-Encoding": "gzip", **(headers or {})}
            try:
                async with self._opened().stream(method, url, headers=sent, content=content) as response:
                    wait_s = 0.0 if waited else _wait_s(response)
                    if not wait_s:
                        yield response
                        return
            except httpx2.HTTPError as error:
                raise _failed(error) from error
            waited = True
            await asyncio.sleep(wait_s)

    async def close(self) -> None:
        if self._client:
            await self._client.aclose()
            self._client = None

    def _opened(self) -> httpx2.AsyncClient:
        if self._client is None:
            self._client = httpx2.AsyncClient(
                transport=GuardedTransport(self._private_hosts),
                timeout=_TIMEOUT,
                headers={"User-Agent": USER_AGENT},
                auth=self._auth,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                trust_env=False,
            )
        return self._client

    async def _politely(self) -> None:
        clock = asyncio.get_running_loop().time
        if (wait_s := self._free_at - clock()) > 0:
            await asyncio.sleep(wait_s)
        self._free_at = clock() + self.delay_s


def _wait_s(response: httpx2.Response) -> float:
    """How long a busy server asks us to wait; 0 when we should not come back now."""
    written = response.headers.get("retry-after", "")
    wanted = float(written) if written.isascii() and written.isdigit() and len(written) < 6 else 0.0
    return wanted if response.status_code in _BUSY and wanted <= _LONGEST_WAIT_S else 0.0


def _failed(error: httpx2.HTTPError) -> HttpFailed:
    if address_refused(error):
        return HttpFailed(
            "source.address_refused",
            "Adressen leder till ett internt nät. Den som driver plattformen kan tillåta värden med "
            "ALLMANNING_SOURCE_PRIVATE_HOSTS. (The host has a private address.)",
        )
    return HttpFailed("source.no_answer", "Servern svarar inte. (The server does not answer.)")


async def save(response: httpx2.Response, into: Path, largest: int) -> None:
    """Write the body, unpacked, to a file.

    Raises:
        ItemFailed: `file.too_large`, also for what unpacks to more; `source.item_broken`.
        HttpFailed: `source.no_answer`, when it breaks off.
    """
    with into.open("wb") as file:
        async for piece in _unpacked(response, largest):
            await asyncio.to_thread(_write, file, piece)


async def body(response: httpx2.Response, largest: int) -> bytes:
    """The body, unpacked; raises as `save`."""
    return b"".join([piece async for piece in _unpacked(response, largest)])


def gunzipped(data: bytes, largest: int) -> bytes:
    """`data` unpacked when it is packed. Raises `ItemFailed`: `file.too_large`, `source.item_broken`."""
    return b"".join(_Unpacker(largest).pieces(data)) if data.startswith(b"\x1f\x8b") else data


def _write(file: BinaryIO, piece: bytes) -> None:
    file.write(piece)


async def _unpacked(response: httpx2.Response, largest: int) -> AsyncIterator[bytes]:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", "deflate", ""):
        raise ItemFailed("source.item_broken", f"Servern packar på ett sätt vi inte bett om: {encoding[:20]}.")
    packed = _Unpacker(largest) if encoding not in ("identity", "") else None
    size = 0
    try:
        async for raw in response.aiter_raw(_PIECE):
            for piece in packed.pieces(raw) if packed else (raw,):
                size += len(piece)
                if size > largest:
                    raise too_large(largest)
                yield piece
    except httpx2.HTTPError as error:
        raise _failed(error) from error


def too_large(largest: int) -> ItemFailed:
    return ItemFailed("file.too_large", f"Filen är större än {largest // _MEGABYTE} MB. (The file is too large.)")


class _Unpacker:
    """gzip and deflate, a piece at a time: what a few bytes unpack to is never held whole."""

    def __init__(self, largest: int) -> None:
        # 32: either header.
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._largest = self._left = largest

    def pieces(self, data: bytes) -> Iterator[bytes]:
        try:
            while data and not self._stream.eof:
                piece = self._stream.decompress(data, _PIECE)
                data = self._stream.unconsumed_tail
                self._left -= len(piece)
                if self._left < 0:
                    raise too_large(self._largest)
                yield piece
        except zlib.error as error:
            raise ItemFailed("source.item_broken", "Svaret går inte att packa upp. (Broken compression.)") from error
