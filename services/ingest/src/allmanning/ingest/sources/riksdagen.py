"""Acts and ordinances (SFS) from Riksdagen's open data, as consolidated there.

`dokumentlista/?doktyp=sfs&utformat=json` lists them in pages, `dokument/<id>.html` is the text; an act's id is
"sfs-2018-218". See https://www.riksdagen.se/sv/dokument-och-lagar/riksdagens-oppna-data/dokument/.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar, Final

import httpx2

from allmanning.contracts.ingest.v1.ingest_pb import Source as SourceMessage
from allmanning.ingest.sources import options
from allmanning.ingest.sources.http import Http, HttpFailed, address, body, save
from allmanning.ingest.sources.protocol import Fetched, Item, ItemFailed, ItemGone, SourceUnreachable, Surroundings
from allmanning.runtime.errors import InvalidInput

BASE: Final = "https://data.riksdagen.se"
_NUMBER: Final = re.compile(r"\d{4}:[0-9a-zA-Z.]{1,12}")
_PAGE: Final = 200
_MOST_PAGES: Final = 200
_LARGEST_LIST: Final = 20 * 1024 * 1024
# Where the facts before the text are: number, department, dates.
_HEAD_BYTES: Final = 20_000
_TAG: Final = re.compile(r"<[^<>]{0,2000}>")
_REPEALED: Final = re.compile(r"Upphävd\s{0,9}:\s{0,20}(\d{4}-\d\d-\d\d)")
_FAILURES: Final = 5


class RiksdagenSource:
    """An act's uri is its number, "SFS 2018:218"; one that has been repealed is valid to the day before."""

    kind: ClassVar[str] = "riksdagen"
    options: ClassVar[Mapping[str, str]] = {
        "numbers": "SFS-nummer, till exempel 2018:218, 1998:204.",
        "search": "I stället för nummer: ord som författningarna ska innehålla.",
        "year": "I stället för nummer: årgång, till exempel 2025.",
        "delay_s": "Kortaste tid mellan två frågor i sekunder (0,5).",
    }

    def __init__(self, source: SourceMessage, surroundings: Surroundings) -> None:
        """Raises `InvalidInput`: `source.location_invalid`, `source.option_invalid`."""
        self._base = str(address(source.location or BASE)).rstrip("/")
        given = source.options
        self._numbers = options.words(given, "numbers")
        if any(not _NUMBER.fullmatch(each) for each in self._numbers):
            raise options.invalid("numbers", "SFS-nummer som 2018:218, åtskilda av komman")
        self._search = {name: value for name, key in (("sok", "search"), ("rm", "year")) if (value := given.get(key))}
        if bool(self._numbers) == bool(self._search):
            text = "Ange antingen numbers eller search eller year. (Give numbers, or what to search for.)"
            raise InvalidInput("source.option_invalid", text)
        self._http = Http(surroundings, delay_s=options.seconds(given, "delay_s", 0.5, most=3600.0))
        self._largest = surroundings.largest_bytes
        self._failures = 0

    async def items(self) -> AsyncIterator[Item]:
        for number in dict.fromkeys(self._numbers):
            listed = await self._page({"bet": number}, 1)
            found = [each for each in _documents(listed) if _text(each, "dok_id", "id") == _id(number)]
            missing = ItemFailed("source.item_missing", "Riksdagen listar inte numret. (Not listed.)")
            yield _item(found[0]) if found else Item(_uri(number), f"{_id(number)}.html", problem=missing)
        if self._search:
            async for item in self._searched():
                yield item

    async def fetch(self, item: Item, known: str, into: Path) -> Fetched | None:  # noqa: ARG002 - the list tells
        url = httpx2.URL(f"{self._base}/dokument/{item.place}.html")
        try:
            async with self._http.request("GET", url) as response:
                self._failures = 0
                if response.status_code in (httpx2.codes.NOT_FOUND, httpx2.codes.GONE):
                    raise ItemGone("source.item_gone", "Författningen finns inte längre hos Riksdagen.")
                if response.status_code != httpx2.codes.OK:
                    raise ItemFailed("source.item_failed", f"Riksdagen svarar HTTP {response.status_code}.")
                await save(response, into, self._largest)
        except HttpFailed as error:
            self._failures += 1
            if self._failures >= _FAILURES:
                raise SourceUnreachable(error.code, error.message) from error
            raise
        return Fetched(item.fingerprint, metadata=await asyncio.to_thread(_dates, into))

    async def close(self) -> None:
        await self._http.close()

    async def _searched(self) -> AsyncIterator[Item]:
        listed = 0
        for number in range(1, _MOST_PAGES + 1):
            page = await self._page({**self._search, "sz": str(_PAGE), "sort": "datum", "sortorder": "asc"}, number)
            for each in _documents(page):
                listed += 1
                yield _item(each)
            if not page.get("@nasta_sida"):
                break
        # A list that breaks off must not look as if acts were gone.
        hits = _text(page, "@traffar")
        if not hits.isdigit() or listed < int(hits):
            raise SourceUnreachable("source.unreachable", f"Riksdagen listade {listed} av {hits or 'okänt antal'}.")

    async def _page(self, query: Mapping[str, str], number: int) -> dict[str, object]:
        asked = httpx2.QueryParams({"doktyp": "sfs", "utformat": "json", "a": "s", "p": str(number), **query})
        url = httpx2.URL(f"{self._base}/dokumentlista/", params=asked)
        try:
            async with self._http.request("GET", url) as response:
                if response.status_code != httpx2.codes.OK:
                    raise SourceUnreachable("source.unreachable", f"Riksdagen svarar HTTP {response.status_code}.")
                answer = json.loads(await body(response, _LARGEST_LIST))
        except ItemFailed as error:
            raise SourceUnreachable(error.code, error.message) from error
        except ValueError as error:
            raise SourceUnreachable("source.unreachable", "Riksdagens lista går inte att läsa som JSON.") from error
        page = answer.get("dokumentlista") if isinstance(answer, dict) else None
        if not isinstance(page, dict):
            raise SourceUnreachable("source.unreachable", "Riksdagens svar är ingen dokumentlista.")
        return page


def _documents(page: Mapping[str, object]) -> list[Mapping[str, object]]:
    """One hit comes as an object, several as a list, none as null."""
    written = page.get("dokument")
    found = written if isinstance(written, list) else [written]
    return [each for each in found if isinstance(each, dict) and _NUMBER.fullmatch(_text(each, "beteckning"))]


def _item(listed: Mapping[str, object]) -> Item:
    number = _text(listed, "beteckning")
    # "t.o.m. SFS 2022:444" stands in the subtitle.
    fingerprint = f"{_text(listed, 'systemdatum')} {_text(listed, 'undertitel', 'subtitel')}".strip()
    metadata = {"title": _text(listed, "titel"), "document_type": "SFS"}
    return Item(_uri(number), f"{_id(number)}.html", fingerprint, metadata, place=_id(number))


def _text(listed: Mapping[str, object], *names: str) -> str:
    """The first of these fields that is there, in one line."""
    return next((" ".join(str(value).split()) for name in names if (value := listed.get(name)) is not None), "")


def _uri(number: str) -> str:
    return f"SFS {number}"


def _id(number: str) -> str:
    return f"sfs-{number.replace(':', '-')}"


def _dates(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        head = _TAG.sub(" ", file.read(_HEAD_BYTES).decode("utf-8", "replace"))
    found = _REPEALED.search(head)
    if not found:
        return {}
    try:
        return {"valid_to": (date.fromisoformat(found[1]) - timedelta(days=1)).isoformat()}
    except ValueError:
        return {}
