"""What a browser loads for a page, and when the page can be used."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import sync_playwright

from tests.benchmark.pages.walk import Stop

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Pages are complete without scripts: they can be used when drawn and parsed, and their module has run.
_TIMES: Final = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const painted = performance.getEntriesByName("first-contentful-paint")[0];
  const all = [page, ...performance.getEntriesByType("resource")];
  return {
    interactive: Math.max(page.domContentLoadedEventEnd, painted ? painted.startTime : 0),
    bytes: all.reduce((sum, each) => sum + each.transferSize, 0),
    requests: all.length,
  };
}"""


@dataclass(frozen=True)
class Loaded:
    """By a browser that has kept nothing (`first`), and by one that has seen a page of the same face."""

    name: str
    first_bytes: int
    first_ms: float
    again_bytes: int
    again_ms: float
    again_requests: int


def load(url: str, walks: Mapping[str, Sequence[Stop]], cookies: Mapping[str, str], times: int = 5) -> Sequence[Loaded]:
    """Each page, so many times; medians."""
    loaded = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--headless=new"])
        for role, stops in walks.items():
            name, _, value = cookies.get(role, "").partition("=")
            for stop in stops:
                first, again = [], []
                for _ in range(times):
                    context = browser.new_context(base_url=url)
                    if name:
                        context.add_cookies([{"name": name, "value": value, "url": url}])
                    page = context.new_page()
                    for found in (first, again):
                        page.goto(stop.paths[0], wait_until="load")
                        found.append(page.evaluate(_TIMES))
                    context.close()
                middle = times // 2
                first.sort(key=lambda each: each["interactive"])
                again.sort(key=lambda each: each["interactive"])
                loaded.append(
                    Loaded(
                        f"{role}: {stop.name}",
                        first[middle]["bytes"],
                        first[middle]["interactive"],
                        again[middle]["bytes"],
                        again[middle]["interactive"],
                        again[middle]["requests"],
                    )
                )
        browser.close()
    return loaded
