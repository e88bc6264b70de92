"""Many people at once: each opens a page with what it loads, reads for a while, and goes to the next."""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import httpx2

from tests.benchmark.pages.walk import SHARES, Stop

THINK_S: Final = 7.0
"""Mean time between a page and the next, negative exponential (TPC-W 1.8, clause 5.3.1.1)."""
_LOADED: Final = re.compile(r'<(?:link rel="(?:stylesheet|icon)"|script|img)[^>]* (?:href|src)="(/static/[^"]+)"')
_FRESH: Final = re.compile(r"max-age=(\d+)")
_CONNECTIONS: Final = 64


@dataclass
class Seen:
    """Milliseconds until a page was there, and until all that it loads was."""

    page_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    whole_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    loaded: int = 0
    """Requests for what pages load."""
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def pages(self) -> int:
        return sum(map(len, self.page_ms.values()))


class Browser:
    """One person's: it has their session and keeps files as the headers say."""

    def __init__(self, client: httpx2.AsyncClient, cookie: str, seen: Seen) -> None:
        self._client = client
        self._headers = {"Cookie": cookie} if cookie else {}
        self._seen = seen
        self._kept: dict[str, tuple[str, float]] = {}

    async def open(self, name: str, path: str) -> None:
        began = time.perf_counter()
        try:
            answer = await self._client.get(path, headers=self._headers)
        except httpx2.HTTPError as error:
            self._seen.errors[f"{name}: {type(error).__name__}"] += 1
            return
        page_ms = 1000 * (time.perf_counter() - began)
        if answer.status_code != 200:
            self._seen.errors[f"{name}: {answer.status_code} {path}"] += 1
            return
        await asyncio.gather(*(self._load(each) for each in dict.fromkeys(_LOADED.findall(answer.text))))
        self._seen.page_ms[name].append(page_ms)
        self._seen.whole_ms[name].append(1000 * (time.perf_counter() - began))

    async def _load(self, path: str) -> None:
        tag, fresh_until = self._kept.get(path, ("", 0.0))
        if time.monotonic() < fresh_until:
            return
        self._seen.loaded += 1
        answer = await self._client.get(path, headers={"If-None-Match": tag} if tag else {})
        if answer.status_code not in {200, 304}:
            self._seen.errors[f"{answer.status_code} {path}"] += 1
        fresh = _FRESH.search(answer.headers.get("cache-control", ""))
        self._kept[path] = (answer.headers.get("etag", ""), time.monotonic() + (int(fresh[1]) if fresh else 0))


async def cookie_of(client: httpx2.AsyncClient, key: str) -> str:
    """The cookie of a new session, which the client forgets: it would end with the next sign-in of the same browser."""
    answer = await client.post("/signin", data={"key": key})
    cookie = f"session={answer.cookies['session']}"
    client.cookies.clear()
    return cookie


def roles(count: int) -> list[str]:
    """The role of each of so many sessions."""
    return [role for role, share in SHARES.items() for _ in range(round(count * share))]


async def browse(
    url: str,
    keys: Mapping[str, str],
    walks: Mapping[str, Sequence[Stop]],
    *,
    sessions: int,
    for_s: float,
    think_s: float = THINK_S,
) -> Seen:
    """So many sessions for so long; they begin at different times and at different pages."""
    seen = Seen()
    limits = httpx2.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
    chance = random.Random(7)
    async with httpx2.AsyncClient(base_url=url, timeout=60, limits=limits) as client:
        cookies = [await cookie_of(client, keys[role]) if role != "citizen" else "" for role in roles(sessions)]
        until = time.monotonic() + for_s

        async def person(number: int, role: str) -> None:
            browser = Browser(client, cookies[number], seen)
            await asyncio.sleep(chance.uniform(0, think_s))
            for turn in itertools.count(number):
                stop = walks[role][turn % len(walks[role])]
                await browser.open(stop.name, stop.paths[turn // len(walks[role]) % len(stop.paths)])
                await asyncio.sleep(chance.expovariate(1 / think_s))
                if time.monotonic() > until:
                    return

        await asyncio.gather(*(person(*each) for each in enumerate(roles(sessions))))
    return seen
