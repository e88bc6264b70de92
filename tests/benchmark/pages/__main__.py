"""Print how quick pages are for 200 people at once, each figure beside its reach.

A whole platform answers. Machines are noisy: the processor time of a page says most, and how many that is a second.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx2

from tests.benchmark.generate.cost import processor_s
from tests.benchmark.generate.speed import p50, p95
from tests.benchmark.pages import browser
from tests.benchmark.pages.browsing import THINK_S, Seen, browse, cookie_of
from tests.benchmark.pages.cost import cost
from tests.benchmark.pages.keystrokes import type_searches
from tests.benchmark.pages.walk import SHARES, Stop, stops
from tests.platform_node import Platform

Walks = Mapping[str, Sequence[Stop]]


def row(name: str, *figures: str) -> None:
    print(f"{name:<34}" + "".join(f"{each:>14}" for each in figures), flush=True)


def costs(platform: Platform, cookies: Mapping[str, str], walks: Walks, count: int) -> float:
    """Milliseconds of processor time of a page, as the sessions mix them."""
    row("one at a time", "CPU, ms", "of gateway", "others", "wall p50, ms", "document, kB")
    mixed = 0.0
    for role, walk in walks.items():
        with httpx2.Client(base_url=platform.url, headers={"Cookie": cookies.get(role, "")}, timeout=60) as client:
            for stop in walk:
                found = cost(platform, client, stop, count)
                own = found.by_service["gateway"]
                figures = (found.all_ms, own, found.all_ms - own, found.wall_ms, found.bytes / 1000)
                row(f"  {role}: {stop.name}", *(f"{each:.1f}" for each in figures))
                mixed += found.all_ms * SHARES[role] / len(walk)
    return mixed


def crowd(platform: Platform, keys: Mapping[str, str], walks: Walks, asked: argparse.Namespace) -> None:
    before = processor_s(platform)
    seen = asyncio.run(
        browse(platform.url, keys, walks, sessions=asked.sessions, for_s=asked.seconds, think_s=asked.think)
    )
    used = {name: after - before[name] for name, after in processor_s(platform).items()}
    row(f"{asked.sessions} sessions at once", "pages", "p50, ms", "p95, ms", "whole p95, ms", "reach, p95")
    for name in seen.page_ms:
        _times(f"  {name}", seen, [name])
    _times("  every page", seen, list(seen.page_ms), "< 200 ms")
    row("  errors", f"{seen.errors.total()}", "", "", "", "0")
    for what, times in seen.errors.most_common(5):
        print(f"    {times} times: {what}")
    row("  files loaded beside a page", f"{seen.loaded / max(seen.pages, 1):.2f}")
    all_ms = 1000 * sum(used.values()) / max(seen.pages, 1)
    row("  CPU of a page with its files, ms", f"{all_ms:.1f}")
    print("    " + ", ".join(f"{name} {each:.1f} s" for name, each in sorted(used.items(), key=lambda x: -x[1])))
    wanted = asked.sessions / asked.think
    row("  of two cores that is", f"{wanted * all_ms / 20:.0f} %", f"at {wanted:.0f} pages/s")


def _times(title: str, seen: Seen, names: Sequence[str], reach: str = "") -> None:
    pages = [each for name in names for each in seen.page_ms[name]]
    whole = [each for name in names for each in seen.whole_ms[name]]
    if len(pages) > 1:
        row(title, f"{len(pages)}", f"{p50(pages):.0f}", f"{p95(pages):.0f}", f"{p95(whole):.0f}", reach)


def in_browser(platform: Platform, cookies: Mapping[str, str], walks: Walks) -> None:
    if browser.CHROMIUM is None:
        print("no Chromium on this machine: nothing is loaded in a browser")
        return
    row("in a browser", "first, kB", "usable, ms", "again, kB", "usable, ms", "requests")
    loaded = browser.load(platform.url, walks, cookies)
    for each in loaded:
        figures = (each.first_bytes / 1000, each.first_ms, each.again_bytes / 1000, each.again_ms)
        row(f"  {each.name}", *(f"{figure:.0f}" for figure in figures), f"{each.again_requests}")
    heaviest, slowest = max(each.first_bytes for each in loaded), max(each.first_ms for each in loaded)
    row("  heaviest, slowest", f"{heaviest / 1000:.0f}", f"{slowest:.0f}", "", "", "< 150 kB, 1 s")


def typed(platform: Platform, cookie: str) -> None:
    if browser.CHROMIUM is None:
        return
    found = type_searches(platform.url, cookie)
    row("search", "as typed, ms", "sent, ms", "jumps", "reach")
    shown = f"{found.shown_ms:.0f}", f"{found.whole_page_ms:.0f}", f"{found.jumped:.2f}"
    row("  last key to results on screen", *shown, "< 500 ms, 0")


async def _cookies(url: str, keys: Mapping[str, str]) -> dict[str, str]:
    async with httpx2.AsyncClient(base_url=url) as client:
        return {role: await cookie_of(client, keys[role]) for role in SHARES if role != "citizen"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["cost", "crowd", "browser", "typing"], help="what of it")
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60, help="how long they browse")
    parser.add_argument("--think", type=float, default=THINK_S, help="mean seconds between two pages of a session")
    parser.add_argument("--count", type=int, default=30, help="how often each page is opened to see what it costs")
    parser.add_argument("--data", type=Path, help="keep the platform's data here, and find it again")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(asked.data or Path(folder), demo=True).start()
        try:
            keys = platform.ready["keys"]
            assert isinstance(keys, dict)
            walks = stops(platform, keys["citizen"])
            cookies = asyncio.run(_cookies(platform.url, keys))
            if "cost" in asked.parts:
                mixed = costs(platform, cookies, walks, asked.count)
                row("  as the sessions mix them", f"{mixed:.1f}", "", f"{2000 / mixed:.0f} pages/s", "on two cores")
            if "crowd" in asked.parts:
                crowd(platform, keys, walks, asked)
            if "browser" in asked.parts:
                in_browser(platform, cookies, walks)
            if "typing" in asked.parts:
                typed(platform, cookies["caseworker"])
        finally:
            platform.stop()


if __name__ == "__main__":
    main()
